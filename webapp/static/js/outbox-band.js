// The band below the header, on every page: how much waits on this phone, why, and what to do.
const band = document.getElementById("band");
const [OLD, SHORTLY, FULL] = [24 * 3600 * 1000, 3000, 0.85]; // ms, ms, part of the room
let [isFull, emptyAt] = [false, Date.now()];
const LINKS = { 查看: "/outbox", 登录: `/login?next=${encodeURIComponent(location.pathname)}` };
const say = (text, action) => {
  if (band.textContent === `${text} ${action ?? ""}`) return;
  const link = action && Object.assign(document.createElement("a"), { href: LINKS[action], textContent: action });
  band.replaceChildren(text, " ", link ?? "");
  band.hidden = !text;
};

const words = ({ waiting, trouble, oldest, paused, foreign }) => {
  const wait = waiting ? `，${waiting} 条等待上传` : "";
  if (trouble) return [`${trouble} 条需要处理${wait}`, "查看"];
  if (waiting && paused === "sign-in") return [`登录后继续上传 ${waiting} 条`, "登录"];
  if (waiting && paused === "other") return [`${waiting} 条由另一账号填报，由该账号登录后继续上传`, "查看"];
  if (waiting && Math.abs(Date.now() - oldest) > OLD) return [`有 ${waiting} 条超过 24 小时没有上传，请尽快连上网络`, "查看"];
  if (isFull) return [`手机存储空间快满了，请先清理${wait}`, "查看"];
  if (waiting && paused === "network") return [`当前无信号，${waiting} 条已保存到手机，有信号后自动上传`];
  if (waiting && paused) return [`系统繁忙，${waiting} 条已保存到手机，稍后自动上传`];
  if (waiting && Date.now() - emptyAt > SHORTLY) return [`${waiting} 条正在上传`, "查看"];
  if (foreign) return [`本机还有其他账号的 ${foreign} 条没有上传，由该账号登录后继续`];
  return paused === "network" ? ["当前无信号，填报的内容会先保存到手机"] : [""];
};
document.addEventListener("outbox:change", ({ detail }) => {
  say(...words(detail));
  if (!detail.waiting) emptyAt = Date.now();
});
document.addEventListener("outbox:failed", () => {
  band.classList.add("red");
  say("没有保存成功：手机存储空间不足，或浏览器不允许保存。请清理空间后再填，已保存的不受影响。", "查看");
});
// When there is time: how full the phone is, and whatever still waits from an earlier page.
setTimeout(async () => {
  if (!outbox.user) return;
  const { usage = 0, quota = Infinity } = (await navigator.storage?.estimate?.()) ?? {};
  isFull = usage / quota > FULL;
  await drainer.announce();
  drainer.drain();
}, 300);
