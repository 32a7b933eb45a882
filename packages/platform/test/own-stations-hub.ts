// A hub in a process of its own, for the drills to kill. Tells its parent where it is.
import { readConfig, startHub } from '@evroam/platform';

const running = await startHub(readConfig(process.env));
process.send?.({ addresses: running.addresses, adminKey: running.adminKey });
process.on('message', async (message) => {
  if (message !== 'stop') return;
  await running.stop();
  process.exit(0);
});
