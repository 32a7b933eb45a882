// What programs beside the hub need of it, without loading it.
export { type Clock, clockFromSetting, clockSetting, wallClock } from '../kernel/clock.js';
export { CAPTURE_FORMAT, type CapturedFrame } from '../model/captured.js';
