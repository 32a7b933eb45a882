import {
  connect,
  decrypt,
  encrypt,
  INTERFACES,
  type Interface,
  interfaceOf,
  type Keys,
  lint,
  openEnvelope,
  openResponse,
  sealRequest,
  sealResponse,
  serve,
  sign,
} from '@evroam/gbt-adapter/tcec102';
import { expect } from 'chai';
import { read, vectors } from './data.js';

interface CryptoVector {
  readonly id: string;
  readonly kind: 'request' | 'response';
  readonly sigSecret: string;
  readonly dataSecret: string;
  readonly dataSecretIV: string;
  readonly envelope: { OperatorID?: string; Data: string; TimeStamp?: string; Seq?: string; Ret?: number; Msg?: string; Sig: string };
  readonly plaintext: string;
  readonly plaintextIsStrictJson?: boolean;
  readonly interface?: string;
}

vectors('T/CEC 102 envelopes', () => {
  for (const vector of read<{ vectors: CryptoVector[] }>('tcec102-crypto.json').vectors) {
    const { id, envelope, plaintext, kind } = vector;
    const keys: Keys = {
      operatorId: envelope.OperatorID ?? '123456789',
      operatorSecret: '1234567890abcdef',
      sigSecret: vector.sigSecret,
      dataSecret: vector.dataSecret,
      dataSecretIV: vector.dataSecretIV,
    };

    it(`${id} has its signature and its text, both ways`, () => {
      const { OperatorID = '', Data, TimeStamp = '', Seq = '', Ret, Msg = '', Sig } = envelope;
      if (kind === 'request') {
        expect(sign(keys, OperatorID, Data, TimeStamp, Seq)).to.equal(Sig);
        expect(sealRequest(keys, plaintext, { timeStamp: TimeStamp, seq: Seq })).to.deep.equal(envelope);
      } else {
        expect(sign(keys, String(Ret), Msg, Data)).to.equal(Sig);
        expect(sealResponse(keys, Ret ?? 0, Msg, plaintext)).to.deep.equal(envelope);
      }
      if (Data !== '') {
        expect(decrypt(keys, Data)).to.equal(plaintext);
        expect(encrypt(keys, plaintext)).to.equal(Data);
      }
      expect(openEnvelope(keys, envelope)).to.include({ kind, signature: 'ok', text: plaintext });
      expect(openEnvelope(keys, { ...envelope, Sig: Sig.replace(/.$/, (last) => (last === '0' ? '1' : '0')) })).to.include({
        signature: 'wrong',
        text: undefined,
      });
    });

    if (vector.interface && vector.interface !== 'any' && plaintext !== '') {
      it(`${id} is valid against our definition`, () => {
        expect(lint(vector.interface!, kind, JSON.parse(plaintext)).filter(({ level }) => level === 'error')).to.deep.equal([]);
      });
    }
    if (vector.plaintextIsStrictJson === false)
      it(`${id} is no JSON and is not taken for any`, () => expect(openEnvelope(keys, envelope).data).to.equal(undefined));
  }
});

vectors('T/CEC 102 examples', () => {
  const { examples } = read<{ examples: { interface: string; request: object; response: object }[] }>('tcec102-examples.json');
  const keys: Keys = {
    operatorId: '123456789',
    operatorSecret: '1234567890abcdef',
    dataSecret: '1234567890abcdef',
    dataSecretIV: '1234567890abcdef',
    sigSecret: '1234567890abcdef',
  };

  it('there is one for each of the 15 interfaces', () => {
    expect(examples.map(({ interface: name }) => name).sort()).to.deep.equal([...INTERFACES.keys()].sort());
  });

  for (const { interface: name, request, response } of examples) {
    it(`${name} is what the 2016 text has, and crosses from end to end unchanged`, async () => {
      expect([...lint(name, 'request', request), ...lint(name, 'response', response)]).to.deep.equal([]);
      const definition: Interface = interfaceOf(name);
      let heard: unknown;
      const server = serve({ operatorId: '123456789', partnerOf: () => ({ keys }) }).handle(definition, (given) => {
        heard = given;
        return response;
      });
      // query_token is answered with the example as well, which then is the token that is asked for.
      const open = { issue: () => ({ token: 'example-token', seconds: 7200 }), isValid: () => true };
      const caller =
        name === 'query_token'
          ? server
          : serve({ operatorId: '123456789', partnerOf: () => ({ keys }), tokens: open }).handle(definition, (given) => {
              heard = given;
              return response;
            });
      expect(await connect({ keys, to: caller.receive }).call(definition, request)).to.deep.equal(response);
      expect(heard).to.deep.equal(request);
    });
  }

  it('an answer with a signature of another answer is refused', () => {
    const [one, other] = [sealResponse(keys, 0, '', '{"Status":0}'), sealResponse(keys, 0, '', '{"Status":1}')];
    expect(() => openResponse(keys, { ...one, Sig: other.Sig })).to.throw('signature');
    expect(openResponse(keys, one)).to.deep.equal({ ret: 0, msg: '', data: { Status: 0 } });
  });
});
