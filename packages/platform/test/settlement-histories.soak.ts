// The random histories of settlement at length, with another seed each time: the same properties as in `npm test`.
import '#settlement/history.test.js';
