import { expect } from 'chai';
import { ERRORS } from './errors.js';
import { fill, languageOf } from './language.js';
import { messages } from './messages.js';

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('messages', () => {
  it('have the same holes in both languages', () => {
    for (const [key, text] of Object.entries(messages.en)) {
      expect(holes(messages.zh[key as keyof typeof messages.en]), key).to.deep.equal(holes(text));
    }
    for (const [code, { en, zh }] of Object.entries(ERRORS)) expect(holes(zh), code).to.deep.equal(holes(en));
  });

  it('are Chinese for a Chinese locale and English for any other', () => {
    expect(['zh_CN.UTF-8', 'zh', 'zh-Hans', 'ZH_TW'].map(languageOf)).to.deep.equal(['zh', 'zh', 'zh', 'zh']);
    expect(['C', undefined, 'en_US', 'zhx'].map(languageOf)).to.deep.equal(['en', 'en', 'en', 'en']);
  });

  it('keep a hole that has no value', () => {
    expect(fill('{a} and {b}', { a: 1 })).to.equal('1 and {b}');
  });
});
