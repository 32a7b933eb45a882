import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';

describe('the README', () => {
  it('begins with lines that run', async () => {
    const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      cwd: new URL('.', import.meta.url),
    });
    expect(stdout)
      .to.match(/pileCode: '00624100001201'/)
      .and.to.match(/waiting for piles on port \d+/);
  });
});
