import { HOT_TIER_AUDIENCE } from '@patchline/contracts/token-claims';
import type { AuthConfig } from 'convex/server';

/**
 * The server is the only issuer. Its public keys come as a `data:` URL in a deployment variable, so that the hot tier
 * never has to reach the server to verify a token; during a rotation the set holds the old key and the new one.
 */
function notSet(name: string): never {
  throw new Error(`The deployment variable ${name} is not set; see convex/README.md`);
}

export default {
  providers: [
    {
      type: 'customJwt',
      // Spelled out, not looked up by name: a deployment reads from the code which variables it must ask for.
      issuer: process.env.PATCHLINE_ISSUER ?? notSet('PATCHLINE_ISSUER'),
      jwks: process.env.PATCHLINE_JWKS ?? notSet('PATCHLINE_JWKS'),
      algorithm: 'ES256',
      applicationID: HOT_TIER_AUDIENCE,
    },
  ],
} satisfies AuthConfig;
