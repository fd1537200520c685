"""工作信息员: an institution's staff, kept by its administrator (manual 1.2.4)."""
