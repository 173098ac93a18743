import type { common as english } from "../en/common.ts";
import type { Translated } from "../translated.ts";

export const common = {
  name: "Unionscope",
  nav: { label: "页面", explore: "探查", lab: "实验室" },
  language: "语言",
  theme: { label: "主题", system: "跟随系统", light: "浅色", dark: "深色" },
  close: "关闭",
  cancel: "取消",
  copy: "复制",
  fault: "页面的这一部分出错了。换一个路径或层即可重新绘制。",
  skip: "跳到正文",
} satisfies Translated<typeof english>;
