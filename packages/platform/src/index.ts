export { BackupRefused, backupHub, restoreHub } from './backup.js';
export { type Config, ConfigError, readConfig } from './config.js';
export { type RunningHub, type StartOptions, startHub } from './main.js';
