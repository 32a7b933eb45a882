/** Who hears of what in this module. */
export const consumers = {
  /** A token that could be used without asking its issuer may not be any more. Key: issuer and uid. */
  tokenRevoked: 'users.token-revoked',
} as const;
