export const consumers = {
  /** A location or the status of an EVSE changed. Key: location. */
  locationChanged: 'roaming.location',
} as const;
