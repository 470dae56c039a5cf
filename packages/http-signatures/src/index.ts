export { digestOf, verifyDigest } from './digest.js';
export { headersFromRaw } from './request-headers.js';
export { keyHost, keyOwnerUrl } from './key-id.js';
export { parsePublicKeyPem } from './public-key.js';
export { parseSignature } from './parse-signature.js';
export {
  coversHeader,
  readRequestSignature,
  verifyRequestDigest,
  verifyRequestSignature,
  type RequestPolicy,
  type RequestSignature,
} from './read-request-signature.js';
export { readSignatureChallenge, type SignatureChallenge } from './rfc9421/challenge.js';
export { contentDigestOf, verifyContentDigest } from './rfc9421/content-digest.js';
export { hasMessageSignature, parseMessageSignature } from './rfc9421/parse-message-signature.js';
export { signMessage } from './rfc9421/sign-message.js';
export type { MessageAlgorithm, MessagePolicy, MessageToSign, ParsedMessageSignature } from './rfc9421/types.js';
export { verifyMessageSignature } from './rfc9421/verify-message-signature.js';
export { signPost, signRequest } from './sign-request.js';
export { verifySignature } from './verify-signature.js';
export type {
  ParsedSignature,
  RequestHeaders,
  RequestToSign,
  SignatureAlgorithm,
  SignatureFailure,
  SignatureFailureCode,
  SignaturePolicy,
  SignatureScheme,
  SignedRequest,
} from './types.js';
