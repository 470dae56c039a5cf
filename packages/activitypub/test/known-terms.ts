const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Of https://www.w3.org/ns/activitystreams: those that we write. */
export const ACTIVITYSTREAMS_TERMS: readonly string[] = words(`
  id type actor object target result instrument to cc published updated attributedTo url summary content contentMap name inReplyTo context attachment tag replies
  mediaType href rel width height icon image oneOf anyOf endTime closed formerType deleted totalItems first last next prev partOf items orderedItems
  preferredUsername inbox outbox followers following endpoints sharedInbox
  Person Service Application Group Note Question Tombstone Image Document Link Mention Collection OrderedCollection CollectionPage OrderedCollectionPage
  Create Update Delete Announce Like Follow Accept Reject Undo Block Move Add Remove Flag
`);

/** Of https://w3id.org/security/data-integrity/v1. */
export const DATA_INTEGRITY_TERMS: readonly string[] = words('proof DataIntegrityProof cryptosuite verificationMethod proofPurpose created proofValue');

/** Of https://w3id.org/security/v1. */
export const SECURITY_TERMS: readonly string[] = words('publicKey owner publicKeyPem');
