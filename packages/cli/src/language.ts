export type Language = 'en' | 'zh';

/** A text for people, in every language that the command speaks. */
export type Text = Readonly<Record<Language, string>>;

/** The names in braces of a text: `'no {what} here'` has `what`. */
export type Holes<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never;

/** Puts values into the braces of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => (name in values ? String(values[name]) : hole));
}

/** The language of a locale setting such as `zh_CN.UTF-8`; everything that is not Chinese is English. */
export const languageOf = (locale: string | undefined): Language => (/^zh([_.@-]|$)/i.test(locale ?? '') ? 'zh' : 'en');
