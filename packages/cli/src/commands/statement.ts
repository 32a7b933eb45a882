import { readFile } from 'node:fs/promises';
import type { Branch } from '../command.js';
import { defineCommand, flag, list, needed, text } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { safe, safeJson } from '../output/safe.js';
import { formatOf, outputOptions, showRecord } from '../output/show.js';
import { actOf, getOf, hubOptions, listOf, withHub } from './admin.js';

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

const exportBundle = defineCommand({
  about: { en: 'write a statement, byte for byte as it was signed', zh: '导出结算单（签名时的原字节）' },
  args: '<id>',
  options: { lines: flag({ en: 'its lines as CSV instead', zh: '改为以 CSV 输出明细' }), ...hubOptions },
  examples: [
    {
      run: 'evroam statement export 2026-11.v1.NL-EVR.NL-EVM.receivable.EUR.a1 > 2026-11.json',
      about: { en: 'to hand to the partner', zh: '交给合作伙伴' },
    },
    {
      run: 'evroam statement export 2026-11.v1.NL-EVR.NL-EVM.receivable.EUR.a1 --lines > 2026-11.csv',
      about: { en: 'for a spreadsheet', zh: '用于电子表格' },
    },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const path = `/admin/v1/settlement/statements/${encodeURIComponent(args.id)}/${options.lines ? 'lines.csv' : 'bundle'}`;
      await io.out((await admin.bytes(path)).toString('utf8'));
      return EXIT.done;
    }),
});

export const statement: Branch = {
  about: { en: 'statements: what two parties owe each other, with proof', zh: '结算单：双方应付金额及证明' },
  commands: {
    list: listOf({
      about: { en: 'list the statements', zh: '列出结算单' },
      path: '/admin/v1/settlement/statements',
      columns: [{ path: 'id' }, { path: 'period' }, { path: 'issuer' }, { path: 'counterparty' }, { path: 'state' }, { path: 'version' }],
      filters: { period: { en: '2026-11, 2026-W48 or 2026-11-24', zh: '账期：2026-11、2026-W48 或 2026-11-24' } },
      examples: [
        { run: 'evroam statement list --period 2026-11', about: { en: 'of a month', zh: '一个月的' } },
        { run: 'evroam statement list -o json --query [].id', about: { en: 'only the ids', zh: '只看编号' } },
      ],
    }),
    get: getOf({
      about: { en: 'show a statement', zh: '显示结算单' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/settlement/statements/${id}`,
      examples: [
        { run: 'evroam statement get 2026-11.v1.NL-EVR.NL-EVM.receivable.EUR.a1', about: { en: 'all of it', zh: '全部内容' } },
        {
          run: 'evroam statement get 2026-11.v1.NL-EVR.NL-EVM.receivable.EUR.a1 --query state',
          about: { en: 'only its state', zh: '只看状态' },
        },
      ],
    }),
    export: exportBundle,
    accept: actOf({
      about: { en: 'accept a statement', zh: '接受结算单' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/settlement/statements/${id}/accept`,
      examples: [
        {
          run: 'evroam statement accept 2026-11.v1.NL-EVR.NL-EVM.receivable.EUR.a1 --reason verified',
          about: { en: 'after it was verified', zh: '核验之后' },
        },
        {
          run: 'evroam statement accept 2026-11.v1.NL-EVR.NL-EVM.receivable.EUR.a1 --reason verified --dry-run',
          about: { en: 'only tells what would be done', zh: '只说明将做什么' },
        },
      ],
    }),
    verify,
  },
};
