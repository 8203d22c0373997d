// Ids of answers and what is in them: no two are alike, as with real providers.

let last = 0;

export const newId = () => `stub_${++last}`;
