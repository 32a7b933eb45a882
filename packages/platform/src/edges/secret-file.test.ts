import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { serverKeyFile } from './secret-file.js';

describe('the server key in the data folder', () => {
  it('is made once, for its owner alone, and read again', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'evroam-secret-'));
    try {
      const key = serverKeyFile(dataDir);
      expect(key).to.have.length(32);
      expect(serverKeyFile(dataDir).equals(key)).to.equal(true);
      expect(statSync(join(dataDir, 'server.key')).mode & 0o777).to.equal(0o600);
      expect(readFileSync(join(dataDir, 'server.key'), 'utf8')).to.equal(key.toString('hex'));
      writeFileSync(join(dataDir, 'server.key'), 'half');
      expect(() => serverKeyFile(dataDir)).to.throw(/does not hold a server key/);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
