/**
 * The version of all that the engines store of this folder: what `termsOf` and `sortKey` give. To be
 * raised with each change of that; a database of another version is indexed anew when it is opened.
 */
export const FOLDING = 1
