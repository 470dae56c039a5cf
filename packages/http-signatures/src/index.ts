export { digestOf, verifyDigest } from './digest.js';
export { headersFromRaw } from './request-headers.js';
export { keyHost, keyOwnerUrl } from './key-id.js';
export { parsePublicKeyPem } from './public-key.js';
export { parseSignature } from './parse-signature.js';
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
