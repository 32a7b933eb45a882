import { readFile } from 'node:fs/promises';
import type { Branch } from '../command.js';
import { defineCommand, flag, list, needed, text } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { safe, safeJson } from '../output/safe.js';
import { formatOf, outputOptions, showRecord } from '../output/show.js';

const verify = defineCommand({
  about: { en: 'check a statement against the pinned key, and compute it again', zh: '用约定的公钥核验结算单并重新计算' },
  args: '<statement>',
  options: {
    key: needed('file', {
      en: 'the public key of the issuer, PEM; as the agreement pins it, never from the statement',
      zh: '出单方公钥（PEM），以协议约定为准',
    }),
    blockKey: list('file', { en: 'a further key that signed blocks of the ledger; may be repeated', zh: '账本区块的其他签名公钥；可重复' }),
    cdrs: text('folder', {
      en: 'your own CDRs, one a file, byte for byte as they were exchanged',
      zh: '自己的 CDR，每个文件一份，保持交换时的原字节',
    }),
    ndjson: flag({ en: 'one JSON line for each line of the statement, the verdict last', zh: '每行输出一个 JSON，最后为结论' }),
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam statement verify 2026-10.json --key hub.pub.pem',
      about: { en: 'signature, hashes, sums and every price', zh: '签名、哈希、合计与每个价格' },
    },
    {
      run: 'evroam statement verify 2026-10.json --key hub.pub.pem --cdrs ./cdrs -o json',
      about: { en: 'also against your own CDRs', zh: '同时与自己的 CDR 核对' },
    },
  ],
  async run({ args, options, io }) {
    const { checkStatement, readOwnCdrs } = await import('../statement-check.js');
    const bundle = await read(args.statement);
    const key = await read(options.key);
    const blockKeys = await Promise.all(options.blockKey.map(read));
    const own =
      options.cdrs === undefined
        ? undefined
        : await readOwnCdrs(options.cdrs).catch((error: unknown) => unreadable(options.cdrs ?? '', error));
    const verdict = check(() => checkStatement(bundle, key, own, blockKeys), options.key);
    const exit = verdict.ok ? EXIT.done : EXIT.checkFailed;
    if (options.ndjson) {
      for (const line of verdict.lines) await io.out(`${safeJson(line)}\n`);
      const { lines, ...rest } = verdict;
      await io.out(`${safeJson({ ...rest, lines: lines.length })}\n`);
    } else if (formatOf(io, options) !== 'table' || options.query !== undefined || options.fields !== undefined) {
      await showRecord(io, options, { ...verdict });
    } else {
      const { lines, faults, unstated } = verdict;
      const compared = lines.filter(({ ownCdr }) => ownCdr === 'equal').length;
      await io.out(
        `${verdict.ok ? '✓' : '✗'} ${verdict.ok ? 'the statement holds' : 'the statement does not hold'}: ${lines.length} lines${own === undefined ? '' : `, ${compared} equal to your CDRs`}\n`,
      );
      for (const { line, pointer, message, byte } of faults) {
        await io.out(
          `  ${line === undefined ? '' : `line ${line} `}${safe(pointer)}: ${safe(message)}${byte === undefined ? '' : ` (byte ${byte})`}\n`,
        );
      }
      if (unstated.length > 0 && !options.quiet)
        io.talk(`${unstated.length} of your CDRs are not in this statement: ${unstated.slice(0, 5).map(safe).join(', ')}`);
    }
    return exit;
  },
});

const read = (file: string): Promise<Buffer> => readFile(file).catch((error: unknown) => unreadable(file, error));

function unreadable(file: string, error: unknown): never {
  const why = error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);
  throw failure('file-unreadable', { file, why }, { cause: error });
}

/** A key that is none is wrong usage, not a bad statement. */
function check<T>(run: () => T, keyFile: string): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof TypeError || (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_OSSL')))
      throw failure('bad-value', { name: '--key', value: keyFile, why: error.message }, { cause: error });
    throw error;
  }
}

export const statement: Branch = {
  about: { en: 'statements: what two parties owe each other, with proof', zh: '结算单：双方应付金额及证明' },
  commands: { verify },
};
