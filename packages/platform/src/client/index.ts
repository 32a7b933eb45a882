// What programs beside the hub need of it, without loading it.

export { CAPTURE_FORMAT, type CapturedFrame } from '../kernel/captured.js';
export { type Clock, clockFromSetting, clockSetting, wallClock } from '../kernel/clock.js';
export { readPartyId } from '../kernel/ids.js';
