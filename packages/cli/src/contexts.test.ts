import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readEnvironment } from './config.js';
import { findContext, readContexts, writeContexts } from './contexts.js';
import { CliError } from './errors.js';

describe('contexts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evroam-contexts-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const environment = (more: Record<string, string> = {}) => readEnvironment({ XDG_CONFIG_HOME: folder, ...more });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'no error',
      (error: unknown) => (error instanceof CliError ? error.code : String(error)),
    );

  it('are kept in a file that only its owner reads', async () => {
    await writeContexts(environment(), { current: 'a', contexts: { a: { url: 'https://a.example', apiKey: 'k' } } });
    expect((await stat(join(folder, 'evroam', 'contexts.json'))).mode & 0o777).to.equal(0o600);
    expect(await findContext(environment())).to.deep.equal({ name: 'a', url: 'https://a.example', apiKey: 'k' });
  });

  it('are refused when others can read the file', async () => {
    await writeContexts(environment(), { current: 'a', contexts: {} });
    await chmod(join(folder, 'evroam', 'contexts.json'), 0o644);
    expect(await codeOf(readContexts(environment()))).to.equal('config-exposed');
  });

  it('give way to the environment', async () => {
    expect(await findContext(environment({ EVROAM_URL: 'http://e', EVROAM_API_KEY: 'x' }))).to.deep.equal({
      name: 'EVROAM_URL',
      url: 'http://e',
      apiKey: 'x',
    });
    expect(await codeOf(findContext(environment()))).to.equal('not-logged-in');
    expect(await codeOf(findContext(environment(), 'other'))).to.equal('not-found');
  });
});
