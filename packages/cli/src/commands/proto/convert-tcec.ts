import { defineCommand, flag, needed } from '../../command.js';
import { eachLine, type Verdict } from '../../each-line.js';
import { failure } from '../../errors.js';
import { EXIT } from '../../exit.js';
import { readJson } from '../../lines.js';
import { safe, safeJson } from '../../output/safe.js';

export const convertTcec = defineCommand({
  about: {
    en: 'turn stations of T/CEC 102 into OCPI locations, with all that was lost',
    zh: '将中电联站点信息转换为 OCPI 站点，并列出丢失内容',
  },
  args: '[files...]',
  options: {
    owner: needed('party', { en: 'whose they are, such as CN-ABC', zh: '所属方，例如 CN-ABC' }),
    ndjson: flag({
      en: 'a decrypted answer of query_stations_info a line, answered by {"ok","result","losses"}',
      zh: '每行一个解密后的 query_stations_info 应答，以 {"ok","result","losses"} 回答',
    }),
  },
  examples: [
    {
      run: 'evroam proto convert tcec stations.json --owner CN-ABC',
      about: { en: 'the locations; the losses on standard error', zh: '输出站点；丢失内容在标准错误' },
    },
    {
      run: 'evroam proto convert tcec --owner CN-ABC --ndjson < pages.ndjson',
      about: { en: 'page by page', zh: '逐页转换' },
    },
  ],
  async run({ args, options, io }) {
    const [{ convertStations }, { readPartyId }] = await Promise.all([
      import('@evroam/platform/tcec102'),
      import('@evroam/platform/client'),
    ]);
    const owner = readPartyId(options.owner);
    if (!owner) throw failure('bad-value', { name: '--owner', value: options.owner, why: 'CN-ABC' });
    const convert = (payload: unknown) => convertStations(payload, { owner, at: new Date() });
    if (options.ndjson) {
      const judge = (payload: unknown): Verdict => ({ ...convert(payload) });
      return eachLine(io, args.files, judge, (message) => ({ ok: false, faults: [message] }));
    }
    const converted = convert(await readJson(io, args.files[0]));
    if (!converted.ok) {
      for (const fault of converted.faults) io.talk(`✗ ${safe(fault)}`);
      return EXIT.checkFailed;
    }
    await io.out(`${safeJson(converted.result, 2)}\n`);
    for (const { station, field, detail } of converted.losses) io.talk(`${safe(station)}: ${safe(field)} ${safe(detail)}`);
    return EXIT.done;
  },
});
