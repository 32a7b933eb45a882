import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

describe('the README', () => {
  it('begins with ten lines that run and print what they say', async () => {
    const text = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
    const snippet = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    expect(snippet.trim().split('\n').length).to.be.at.most(10);
    // Beside this test, so that the package finds itself by name.
    const file = fileURLToPath(new URL('./readme-snippet.mjs', import.meta.url));
    writeFileSync(file, snippet);
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 10_000 });
      // The last line is a comment that says what is printed.
      expect(`// ${stdout.replaceAll(/\s+/g, ' ').trim()}`).to.equal(snippet.trim().split('\n').at(-1));
    } finally {
      rmSync(file);
    }
  });
});
