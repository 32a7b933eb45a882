export { type Environment, readEnvironment } from './config.js';
export { ERRORS, type ErrorCode } from './errors.js';
export { EXIT, type ExitCode } from './exit.js';
export { type Io, type IoParts, openIo } from './io.js';
export { runCli } from './run.js';
