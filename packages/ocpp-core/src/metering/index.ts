export { type BaseUnit, type Reading, type Readings, readings2x, readings16, type Unread } from './reading.js';
export { advance, type Register, registerFrom, totalOf } from './total.js';
