// The random histories of settlement at length, with another seed each time: the same properties as in `npm test`.
import '#settlement/history/kills.test.js';
import '#settlement/history/money.test.js';
import '#settlement/history/orders.test.js';
import '#settlement/history/refusals.test.js';
