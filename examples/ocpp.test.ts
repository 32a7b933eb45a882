import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe('the examples of OCPP', () => {
  let central: ChildProcess | undefined;
  let said = '';
  afterEach(() => central?.kill());

  /** Starts a central system; resolves with its port. */
  const open = (path: string) =>
    new Promise<number>((resolve, reject) => {
      said = '';
      const child = spawn(process.execPath, [program(path), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
      central = child;
      child.once('exit', () => reject(new Error(`${path} ended`)));
      child.stdout.on('data', (chunk) => {
        said += chunk;
        const [, port] = /listening on (\d+)/.exec(said) ?? [];
        if (port) resolve(Number(port));
      });
    });
  const run = async (path: string, port: number) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program(path), `ws://127.0.0.1:${port}/ocpp`], { timeout: 15_000 });
    return stdout;
  };

  it('1.6: a station is started remotely and tells its transaction', async () => {
    const station = await run('./station/v16.js', await open('./central-system/v16.js'));
    expect(station).to.equal('boot Accepted, heartbeat every 300 s\ntransaction 1 of 04A2B3C4 is told\n');
    expect(said)
      .to.match(/will start: Accepted/)
      .and.to.match(/transaction 1 ends at 2000 Wh/);
  });

  it('2.0.1: a repeated event is known as one', async () => {
    expect(await run('./station/v201.js', await open('./central-system/v201.js'))).to.match(/boot Accepted.*\nthe transaction is told/);
    expect(said.match(/T-1 \d: .*/g)).to.deep.equal([
      'T-1 0: Started, new',
      'T-1 1: Updated, new',
      'T-1 1: Updated, repeat',
      'T-1 2: Ended, new',
    ]);
  });

  it('2.1: a stream of values is sent without answers', async () => {
    expect(await run('./station/v21.js', await open('./central-system/v21.js'))).to.match(/the transaction is told/);
    expect(said).to.match(/stream 7: 2 values/);
  });
});
