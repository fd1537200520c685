// Makes the operations by which a draft is filled: an identifier, this device, and their order on it.
(() => {
  const uuid7 = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let place = 5; place >= 0; place--) {
      bytes[place] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  };

  const device = () => {
    if (!localStorage.device) localStorage.device = uuid7();
    return localStorage.device;
  };

  const next = () => {
    const seq = Number(localStorage.seq || 0) + 1;
    localStorage.seq = seq;
    return seq;
  };

  const make = (kind, item, value, base) => ({
    op: uuid7(),
    body: { kind, item, value, base, device: device(), seq: next(), at: new Date().toISOString() },
  });

  window.operations = { make, uuid7, device };
})();
