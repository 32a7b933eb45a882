export type { BridgeContext, Lookup, Owner } from './context.js';
export type { BridgedObject, Versioned } from './convert.js';
export { bridge, bridgedObjects, convert } from './convert.js';
export type { Bridged, BridgeVersion, Loss } from './loss.js';
