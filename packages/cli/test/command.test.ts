import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { evroam } from './command.js';

describe('the command', () => {
  it('tells its version, and which packages it works with', async () => {
    const { code, out } = await evroam(['--version']);
    expect(code).to.equal(0);
    expect(out).to.match(/^\d+\.\d+\.\d+\n$/);
    const long = await evroam(['version', '-o', 'json']);
    expect(JSON.parse(long.out)).to.have.keys(
      'evroam',
      '@evroam/ocpp-core',
      '@evroam/ocpi',
      '@evroam/gbt-adapter',
      '@evroam/platform',
      'node',
      'platform',
    );
  });

  it('keeps data and talk apart', async () => {
    const right = await evroam(['explain', '8', '-o', 'json']);
    expect(right.talk).to.equal('');
    expect(JSON.parse(right.out)[0]).to.include({ kind: 'exit', name: 'checkFailed' });
    const wrong = await evroam(['explain', '99999']);
    expect(wrong).to.include({ code: 3, out: '' });
  });

  it('reads an API key from standard input, keeps it for its owner and never shows it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evroam-login-'));
    try {
      const env = { XDG_CONFIG_HOME: folder };
      expect((await evroam(['login', 'http://127.0.0.1:1', '--name', 'demo'], { input: 'secret-key-1234\n', env })).code).to.equal(0);
      expect(await readFile(join(folder, 'evroam', 'contexts.json'), 'utf8')).to.include('secret-key-1234');
      const who = await evroam(['whoami', '-o', 'json'], { env });
      expect(JSON.parse(who.out)).to.deep.equal({ context: 'demo', url: 'http://127.0.0.1:1', key: '…1234' });
      expect((await evroam(['context', 'list', '-o', 'json'], { env })).out).not.to.include('secret');
      expect((await evroam(['logout'], { env })).code).to.equal(0);
      expect(await readFile(join(folder, 'evroam', 'contexts.json'), 'utf8')).not.to.include('secret');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses an address that holds a secret', async () => {
    expect((await evroam(['login', 'https://user:pass@hub.example'], { input: 'x\n' })).code).to.equal(2);
  });

  it('writes completion that knows every command', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, out } = await evroam(['completion', shell]);
      expect(code).to.equal(0);
      expect(out).to.include('explain').and.to.include('context');
    }
  });
});
