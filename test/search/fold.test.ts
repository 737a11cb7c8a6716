import t from 'tap'
import { fold } from '../../search/fold.ts'

const FOLDED: [text: string, expected: string][] = [
  ['', ''],
  ['Lawn Mower 2', 'lawn mower 2'],
  ['Židle', 'zidle'],
  ['Z\u030cidle', 'zidle'],
  ['Straße STRAẞE', 'strasse strasse'],
  ['ŁłØøĐđıİ ÆæŒœÞþÐð', 'llooddii aeaeoeoeththdd'],
  ['Ħ Ŧ Ŋ ĸ ƒ ə', 'h t n q f e'],
  ['Ёё Ґґ Йй Ққ', 'ее гг ии кк'],
  ['ΣΊΣΥΦΟΣ Σίσυφος', 'σισυφοσ σισυφοσ'],
  ['ﬁne Ⅳ ① ㎏ ｱ', 'fine iv 1 kg ア'],
  ['m² CO₂ 5℃', 'm2 co2 5°c'],
  ['½ 2½ 1⅒', ' 1⁄2 2 1⁄2 1 1⁄10'],
  ['Levi´s Leviʼs Levi＇s Hawaiʻi', "levi's levi's levi's hawai'i"],
  ['Nike™ ®️ ©', 'nike     '],
  ['µF μF μήλο', 'uf uf μηλο'],
  ['4×4', '4x4'],
  ['مُحَمَّد أإآٱ كـتاب مدرسة ی ک', 'محمد اااا كتاب مدرسه ي ك'],
  ['שָׁלוֹם', 'שלום'],
  ['हिन्दी தமிழ் กำลัง', 'हिन्दी தமிழ் กํ\u0e32ลัง'],
  ['がｶﾞ ぱ', 'がガ ぱ'],
  ['한국어', '한국어'],
  ['٣۴५᮵𝟙', '34551'],
  ['a\u00adb\u200cc\u200dd\u2060e\ufefff\u034fg\u200eh', 'abcdefgh'],
  ['a\u200bb', 'a\u200bb'],
  ['❤️ 👍🏽 👩🏽‍🔧 1️⃣', '❤ 👍 👩🔧 1'],
  ['🛒', '🛒'],
]
for (const [text, expected] of FOLDED) {
  t.test(`${text} is folded`, async (t) => t.equal(fold(text), expected))
}

t.test('what is folded stays as it is', async (t) => {
  for (const [text, expected] of FOLDED) t.equal(fold(fold(text)), expected, text)
})

t.test('every digit has its value, and no text grows without a bound', async (t) => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code)
    if (!/\p{Nd}/u.test(character)) continue
    t.match(fold(character), /^[0-9]$/, code.toString(16))
  }
  t.ok(fold('\ufdfa'.repeat(255)).length <= 255 * 18)
})
