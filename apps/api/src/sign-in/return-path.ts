const CHARACTERS_MAX = 6_000;

/**
 * Where to go on after signing in: a path of this server, or `/` for whatever leads elsewhere (`//evil.example`,
 * `/\evil.example`, `javascript:`), which would make our sign-in page a stepping stone.
 */
export function returnPath(asked: string): string {
  if (asked === '' || asked.length > CHARACTERS_MAX || !asked.startsWith('/')) return '/';
  const here = 'https://this.invalid';
  const url = URL.parse(asked, here);
  return url === null || url.origin !== here || url.pathname.startsWith('//') ? '/' : url.pathname + url.search;
}

/** The address of the sign-in page that leads back to `path`. `anew`: also ask somebody who is signed in. */
export function signInPath(path: string, anew = false): string {
  const query = new URLSearchParams({ ...(path === '/' ? {} : { return_to: path }), ...(anew ? { anew: 'true' } : {}) });
  return query.size === 0 ? '/auth/sign_in' : `/auth/sign_in?${query.toString()}`;
}
