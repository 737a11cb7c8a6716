/**
 * The security headers of every answer. Most answers are data, for which a browser loads nothing; routes that
 * serve a page override the policy. HSTS belongs to the proxy that terminates TLS in front of this service.
 */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** The additional headers of documents; they have no effect on data and files. */
export const DOCUMENT_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}
