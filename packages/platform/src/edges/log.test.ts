import { expect } from 'chai';
import { createLog, maskText } from './log.js';

describe('the log', () => {
  const SECRET = 'zq7-hunter2-secret';

  const logged = (write: (log: ReturnType<typeof createLog>) => void): string => {
    let text = '';
    write(
      createLog({
        level: 'trace',
        to: {
          write: (line: string) => {
            text += line;
          },
        },
      }),
    );
    return text;
  };

  it('is one JSON object a line, with a word for its level and the correlation id of its child', () => {
    const line = JSON.parse(logged((log) => log.child({ correlation: 'c-1' }).info({ station: 'S1' }, 'connected')));
    expect(line).to.include({ level: 'info', correlation: 'c-1', station: 'S1', msg: 'connected' });
    expect(new Date(line.time).getTime()).to.be.greaterThan(0);
  });

  it('shows no secret, wherever it stands', () => {
    const carriers: unknown[] = [
      { password: SECRET },
      { headers: { authorization: `Token ${SECRET}` } },
      { request: { headers: { Authorization: `Basic ${SECRET}` } } },
      { partner: { token: SECRET } },
      { a: [{ b: { c: { Password: `x"${SECRET}` } } }] },
      { request: { credentials: { user: SECRET } } },
      { apiKey: SECRET, serverKey: SECRET, privateKey: SECRET },
      { err: Object.assign(new Error('failed'), { parameters: [SECRET], sql: SECRET, config: { password: SECRET } }) },
      { err: new Error(`cannot connect to postgres://evroam:${SECRET}@db:5432/evroam`) },
      { err: new Error('outer', { cause: new Error(`Authorization: Bearer ${SECRET}`) }) },
    ];
    for (const carrier of carriers) {
      const text = logged((log) => log.error(carrier as object, 'failed'));
      expect(text, JSON.stringify(carrier)).to.not.include(SECRET);
      expect(text).to.include('failed');
    }
    const texts = [
      `redis://:${SECRET}@localhost:6379`,
      `Authorization: Token ${SECRET}`,
      `GET /x?token=${SECRET}&a=1`,
      `wss://cs1:${SECRET}@host/ocpp`,
    ];
    for (const text of texts)
      expect(
        logged((log) => log.info(text)),
        text,
      ).to.not.include(SECRET);
  });

  it('leaves what is no secret readable', () => {
    expect(maskText('postgres://evroam:x@db:5432/evroam refused')).to.equal('postgres://evroam:***@db:5432/evroam refused');
    for (const text of ['the Token of a driver was blocked', 'Token authorisation refused', 'Basic understanding'])
      expect(maskText(text)).to.equal(text);
  });

  it('keeps type, message, code and cause of an error', () => {
    const error = Object.assign(new Error('no', { cause: new TypeError('why') }), { code: 'E1' });
    const { err } = JSON.parse(logged((log) => log.error({ err: error }, 'failed')));
    expect(err).to.include({ type: 'Error', message: 'no', code: 'E1' });
    expect(err.stack).to.match(/log\.test/);
    expect(err.cause).to.include({ type: 'TypeError', message: 'why' });
  });
});
