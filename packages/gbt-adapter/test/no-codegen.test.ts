import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const SCRIPT = `
  import { decodeHex, encodeHex } from '@evroam/gbt-adapter/ykc';
  import { decodeHex as can } from '@evroam/gbt-adapter/gbt27930';
  const hex = '680D0300000300624100001201010075FA';
  console.log(JSON.stringify([encodeHex(decodeHex(hex)) === hex, can('1826F456', '010100').fields.version]));
`;

describe('a process that forbids code from strings', () => {
  it('reads and writes frames all the same, field by field', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--input-type=module', '-e', SCRIPT],
      { cwd: new URL('.', import.meta.url) },
    );
    expect(JSON.parse(stdout)).to.deep.equal([true, '1.1']);
  });
});
