export { type CompositePeriod, type CompositeRequest, compositeSchedule, wireLimit } from './composite.js';
export { type Conflict, conflictsOf, withProfile } from './conflicts.js';
export { fromProfile2x, fromProfile16, milli, type Period, type Profile, type Purpose } from './profile.js';
