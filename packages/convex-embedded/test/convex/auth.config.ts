export default {
  providers: process.env.JWKS
    ? [
        {
          type: 'customJwt',
          issuer: process.env.ISSUER,
          jwks: process.env.JWKS,
          algorithm: process.env.ALGORITHM,
          applicationID: 'app',
        },
      ]
    : [],
};
