// Photos on their way: shrunk before they wait, sent in pieces that can be resumed (tus 1.0).
const [LONGEST_SIDE, QUALITY, PIECE, STALLED] = [2048, 0.85, 256 * 1024, 30_000]; // pixels, JPEG, bytes, ms
const FINAL = [413, 422]; // too large, or no photo: sending it again changes nothing
// A photo of at most 2048 pixels; what this browser can't decode (HEIC on Android) goes as it is.
const shrink = async (file) => {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return file;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width * scale, picture.height * scale].map(Math.round);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
  picture.close();
  const shrunk = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return shrunk && (scale < 1 || shrunk.size < file.size) ? shrunk : file;
};
const prepare = async (file) => {
  const blob = await shrink(file);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { blob, sha256, name: file.name.slice(0, 100) };
};
// Resolves to nothing when the photo has arrived, or to the reason why the server wants it not.
const send = async ({ uuid, name, sha256, blob }, token, progress) => {
  await import(document.querySelector("script[data-tus]").dataset.tus);
  return new Promise((resolve, reject) => {
    let clock;
    const end = (work, result) => (clearTimeout(clock), work(result));
    const isAlive = () => {
      clearTimeout(clock);
      clock = setTimeout(() => upload.abort().finally(() => reject(new Error("stalled"))), STALLED);
    };
    const upload = new tus.Upload(blob, {
      endpoint: "/uploads", uploadUrl: `/uploads/${uuid}`, chunkSize: PIECE,
      retryDelays: null, storeFingerprintForResuming: false, // the drainer knows what waits, and tries again
      metadata: { uuid, filename: name, sha256, user: outbox.user },
      headers: { "X-CSRFToken": token, "HX-Request": "true" },
      onProgress: (sent, total) => (isAlive(), progress(Math.round((sent / total) * 100))),
      onSuccess: () => end(resolve),
      onError: (error) => {
        const [answer, status] = [error.originalResponse, error.originalResponse?.getStatus()];
        const isFinal = FINAL.includes(status) || (status === 409 && error.originalRequest.getMethod() === "POST");
        end(isFinal ? resolve : reject, isFinal ? answer.getBody().trim() || "照片没有上传成功" : error);
      },
    });
    isAlive();
    upload.start();
  });
};

window.uploads = { prepare, send };
