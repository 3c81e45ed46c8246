// What could not be sent waits here, in the browser's own store, each with its idempotency key:
// the server may hear a thing twice and does it once.

const NAME = "qiao-outbox";
const STORE = "posts";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function withStore(mode, work) {
  const store = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = store.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    store.close();
  }
}

export const put = (post) => withStore("readwrite", (store) => store.put(post));
export const drop = (key) => withStore("readwrite", (store) => store.delete(key));

export async function all() {
  const posts = await withStore("readonly", (store) => store.getAll());
  return posts.sort((a, b) => a.at - b.at);
}
