import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';

/** An Ed25519 key: PEM text or bytes, or a `KeyObject`. */
export type Key = string | Buffer | KeyObject;

/** The private key; throws `TypeError` for another kind than Ed25519. */
export function privateKeyOf(key: Key): KeyObject {
  return ed25519(key instanceof KeyObject ? key : createPrivateKey(key));
}

/** The public key; throws `TypeError` for another kind than Ed25519. */
export function publicKeyOf(key: Key): KeyObject {
  return ed25519(key instanceof KeyObject && key.type === 'public' ? key : createPublicKey(key));
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`an Ed25519 key is needed, not ${key.asymmetricKeyType}`);
  return key;
}
