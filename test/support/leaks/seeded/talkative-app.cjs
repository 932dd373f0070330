// An app that prints a payload while it is loaded, and registers nothing.
console.log(`message ${'payload-marker:'.repeat(5)}`);
