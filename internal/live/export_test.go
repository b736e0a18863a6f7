package live

// MostBehind is how many events a reader may fall behind.
const MostBehind = mostBehind

// HistoryLength is how many events of a topic are kept at least.
const HistoryLength = historyLength
