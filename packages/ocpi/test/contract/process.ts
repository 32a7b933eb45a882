// The contract's world as a process of its own: tells its parent where it listens, and ends with it.
import { type Handle, OcpiError } from '@evroam/ocpi';
import { listen } from '@evroam/ocpi/node';
import { contractWorld } from './world.js';

let world: Handle = async () => {
  throw new OcpiError('unavailable');
};
const listening = await listen((request) => world(request), { largestBody: 64 * 1024, requestMs: 2000 });
world = contractWorld(listening.origin);
process.on('disconnect', () => process.exit(0));
process.send?.(listening.origin);
