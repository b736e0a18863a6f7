package live

// HistoryLength is how many events of a topic are kept at least.
const HistoryLength = historyLength
