export const consumers = {
  /** A command to carry to a station. Key: request. */
  command: 'gateway.command',
} as const;
