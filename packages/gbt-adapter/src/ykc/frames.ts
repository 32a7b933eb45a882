// Every frame of 云快充 V1.5, V1.6 and 0x3D of V1.7: `import * as frames` is the registry.
export * from './cards.js';
export {
  ParallelRemoteStart,
  ParallelRemoteStartReply,
  ParallelStartConfirm,
  ParallelStartRequest,
  RemoteStart,
  RemoteStartReply,
  RemoteStop,
  RemoteStopReply,
  StartConfirm,
  StartRequest,
} from './charging.js';
export { GroundLockCommand, GroundLockResult, GroundLockStatus } from './ground-lock.js';
export * from './operation.js';
export { ReadRealtimeData, RealtimeData } from './realtime.js';
export * from './registration.js';
export * from './transaction-record.js';
export * from './vehicle.js';
