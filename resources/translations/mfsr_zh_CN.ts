<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutSection</name>
    <message>
        <source>Free software under the Apache License 2.0. No telemetry.</source>
        <translation>自由软件，采用 Apache 许可证 2.0。不收集任何遥测数据。</translation>
    </message>
    <message>
        <source>Log: {0}</source>
        <translation>日志：{0}</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>复制诊断信息</translation>
    </message>
    <message>
        <source>Versions, settings and the end of the log, to paste into a report</source>
        <translation>版本、设置和日志末尾，可粘贴到问题报告中</translation>
    </message>
    <message>
        <source>Show the folder of the log</source>
        <translation>打开日志所在文件夹</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Open a photograph…</source>
        <translation>打开照片…</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>试用示例照片</translation>
    </message>
    <message>
        <source>Previous photograph of the folder</source>
        <translation>文件夹中的上一张照片</translation>
    </message>
    <message>
        <source>Next photograph of the folder</source>
        <translation>文件夹中的下一张照片</translation>
    </message>
    <message>
        <source>Show the photographs of the folder</source>
        <translation>显示文件夹中的照片</translation>
    </message>
    <message>
        <source>Crop, turn, flip and straighten…</source>
        <translation>裁剪、旋转、翻转和校正…</translation>
    </message>
    <message>
        <source>Leave areas alone…</source>
        <translation>保留局部…</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Turn the picture left</source>
        <translation>向左旋转图片</translation>
    </message>
    <message>
        <source>Turn the picture right</source>
        <translation>向右旋转图片</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Copy the result, or drag it to another program</source>
        <translation>复制结果，或将其拖到其他程序</translation>
    </message>
    <message>
        <source>Upscale the whole picture</source>
        <translation>放大整张图像</translation>
    </message>
    <message>
        <source>Stop computing</source>
        <translation>停止计算</translation>
    </message>
    <message>
        <source>More steps</source>
        <translation>增加步数</translation>
    </message>
    <message>
        <source>Fewer steps</source>
        <translation>减少步数</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大显示</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小显示</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100%</translation>
    </message>
    <message>
        <source>All of the picture</source>
        <translation>显示全图</translation>
    </message>
    <message>
        <source>Fill the pane</source>
        <translation>填满视图</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Split, with a divider</source>
        <translation>分割，带分割线</translation>
    </message>
    <message>
        <source>Lens at the pointer</source>
        <translation>指针处的放大镜</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Show the navigator</source>
        <translation>显示导航窗</translation>
    </message>
    <message>
        <source>Show the histogram of the part in view</source>
        <translation>显示可见部分的直方图</translation>
    </message>
    <message>
        <source>Turn the divider</source>
        <translation>旋转分割线</translation>
    </message>
    <message>
        <source>Show where the result is not supported by the input</source>
        <translation>显示结果中缺乏输入依据的部分</translation>
    </message>
    <message>
        <source>Show where other seeds give something else</source>
        <translation>显示不同种子结果不一致的部分</translation>
    </message>
    <message>
        <source>Compute every number of steps for the part in view</source>
        <translation>对可见部分计算每一种步数</translation>
    </message>
    <message>
        <source>Close the strip of steps</source>
        <translation>关闭步数条</translation>
    </message>
    <message>
        <source>Compare all models on the part in view</source>
        <translation>用所有模型比较可见部分</translation>
    </message>
    <message>
        <source>Close the strip of models</source>
        <translation>关闭模型条</translation>
    </message>
    <message>
        <source>Compare with a file…</source>
        <translation>与文件对比…</translation>
    </message>
    <message>
        <source>Export the comparison…</source>
        <translation>导出对比…</translation>
    </message>
    <message>
        <source>Exchange the sides</source>
        <translation>交换两侧</translation>
    </message>
    <message>
        <source>Toggle theme</source>
        <translation>切换主题</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Show the other side, while held</source>
        <translation>按住时显示另一侧</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>移动图像</translation>
    </message>
    <message>
        <source>Move the divider</source>
        <translation>移动分割线</translation>
    </message>
    <message>
        <source>Shift + ←  →</source>
        <translation>Shift + ←  →</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>以指针为中心缩放</translation>
    </message>
    <message>
        <source>Wheel, pinch</source>
        <translation>滚轮、双指捏合</translation>
    </message>
    <message>
        <source>100 % or all of the picture</source>
        <translation>100% 或显示全图</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Save and export</source>
        <translation>保存与导出</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>View</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
</context>
<context>
    <name>Announcer</name>
    <message>
        <source>The picture is ready: {0} × {1} pixels, made in {2} steps.</source>
        <translation>图像已完成：{0} × {1} 像素，共 {2} 步。</translation>
    </message>
    <message>
        <source>The picture is ready: {0} × {1} pixels, made in one step.</source>
        <translation>图像已完成：{0} × {1} 像素，一步生成。</translation>
    </message>
</context>
<context>
    <name>AppSettings</name>
    <message>
        <source>No photograph was opened yet</source>
        <translation>尚未打开过照片</translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation>清除这些记录</translation>
    </message>
    <message>
        <source>Nothing was added yet</source>
        <translation>还没有添加过任何内容</translation>
    </message>
</context>
<context>
    <name>AreaBrush</name>
    <message>
        <source>Picture to paint on</source>
        <translation>可涂抹的图片</translation>
    </message>
</context>
<context>
    <name>AreasDialog</name>
    <message>
        <source>Leave areas alone</source>
        <translation>保留局部</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>擦除</translation>
    </message>
    <message>
        <source>What happens there</source>
        <translation>涂抹处如何处理</translation>
    </message>
    <message>
        <source>Leave alone, only enlarge</source>
        <translation>保持原样，仅放大</translation>
    </message>
    <message>
        <source>Another fidelity</source>
        <translation>另设保真度</translation>
    </message>
    <message>
        <source>Fidelity there, in percent</source>
        <translation>涂抹处的保真度（百分比）</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>画笔大小</translation>
    </message>
    <message>
        <source>The right button of the mouse erases too</source>
        <translation>鼠标右键也可擦除</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>There</source>
        <translation>涂抹处</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
</context>
<context>
    <name>Background</name>
    <message>
        <source>Show the window</source>
        <translation>显示窗口</translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation>停止并退出</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>{0}   {1:.0f} %</source>
        <translation>{0}   {1:.0f}%</translation>
    </message>
</context>
<context>
    <name>CheckStep</name>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>Start anyway</source>
        <translation>仍然开始</translation>
    </message>
    <message>
        <source>Time to train, in minutes</source>
        <translation>训练时间（分钟）</translation>
    </message>
    <message>
        <source> min</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>A few real training steps are measured. This takes a minute.</source>
        <translation>正在实测几步训练，约需一分钟。</translation>
    </message>
    <message>
        <source>Nothing stands in the way. Training goes on if the window is closed; pause it at any time.</source>
        <translation>一切就绪。关闭窗口后训练仍会继续，可随时暂停。</translation>
    </message>
    <message>
        <source>What training will take on this computer, measured.</source>
        <translation>在这台电脑上训练所需的资源（实测）。</translation>
    </message>
    <message>
        <source>Time to train</source>
        <translation>训练时间</translation>
    </message>
    <message>
        <source>About {0} for {1} steps.</source>
        <translation>{1} 步约需 {0}。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>{0} are free</source>
        <translation>可用 {0}</translation>
    </message>
    <message>
        <source>on {0}</source>
        <translation>设备：{0}</translation>
    </message>
    <message>
        <source>{0}, after {1} of preparation</source>
        <translation>{0}，另需准备 {1}</translation>
    </message>
    <message>
        <source>{0:,} steps</source>
        <translation>{0:,} 步</translation>
    </message>
    <message>
        <source>{0:,} patches seen</source>
        <translation>共学习 {0:,} 个图像块</translation>
    </message>
</context>
<context>
    <name>CloseGuard</name>
    <message>
        <source>MFSR: the queue is running</source>
        <translation>MFSR：队列正在运行</translation>
    </message>
</context>
<context>
    <name>CloseQuestion</name>
    <message>
        <source>Close MFSR</source>
        <translation>关闭 MFSR</translation>
    </message>
    <message>
        <source>A result is still to be saved.</source>
        <translation>还有结果尚未保存。</translation>
    </message>
    <message>
        <source>Wait until it is saved, or close now and lose it?</source>
        <translation>等待保存完成，还是立即关闭并放弃该结果？</translation>
    </message>
    <message>
        <source>Save, then close</source>
        <translation>保存后关闭</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>不保存，直接关闭</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>不关闭</translation>
    </message>
    <message>
        <source>The queue is running.</source>
        <translation>队列正在运行。</translation>
    </message>
    <message>
        <source>Finish it in the background, or stop now and resume it at the next start?</source>
        <translation>在后台完成，还是现在停止并在下次启动时继续？</translation>
    </message>
    <message>
        <source>Finish in the background</source>
        <translation>在后台完成</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>停止并关闭</translation>
    </message>
    <message>
        <source>Do not ask again</source>
        <translation>不再询问</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Only files and pictures can be dropped here. Save the picture as a file and drop that.</source>
        <translation>这里只能拖入文件和图片。请先把图片存为文件，再把文件拖进来。</translation>
    </message>
    <message>
        <source>Photographs ({0});;All files (*)</source>
        <translation>照片 ({0});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a photograph</source>
        <translation>打开照片</translation>
    </message>
    <message>
        <source>The queue takes files. Save this picture as a file and add that.</source>
        <translation>队列只接受文件。请先把这张图片存为文件，再加入该文件。</translation>
    </message>
    <message>
        <source>The queue takes whole files: without cropping, turning and reducing. Undo these first.</source>
        <translation>队列只处理完整的文件，不含裁剪、旋转和缩小。请先撤消这些操作。</translation>
    </message>
    <message>
        <source>Compare with a file</source>
        <translation>与文件对比</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>{0} could not be opened. It may have been moved, or no program is set up for it.</source>
        <translation>无法打开 {0}。它可能已被移动，或没有可打开它的程序。</translation>
    </message>
    <message>
        <source>Export the part in view</source>
        <translation>导出可见部分</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard. Copy one and paste again.</source>
        <translation>剪贴板中没有图像。请先复制一张图像，再粘贴。</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Opening {0}</source>
        <translation>正在打开 {0}</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>Part in view, {0} of {1} steps</source>
        <translation>可见部分，步数 {0} / {1}</translation>
    </message>
    <message>
        <source>Part in view, model {0} of {1}</source>
        <translation>可见部分，第 {0} 个模型，共 {1} 个</translation>
    </message>
    <message>
        <source>Comparing seeds, {0} of {1}</source>
        <translation>正在比较种子，{0} / {1}</translation>
    </message>
    <message>
        <source>Part in view</source>
        <translation>可见部分</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>整张图像</translation>
    </message>
    <message>
        <source>{0}: getting ready</source>
        <translation>{0}：正在准备</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}：{1}</translation>
    </message>
    <message>
        <source>, {0} of {1}</source>
        <translation>，{0} / {1}</translation>
    </message>
    <message>
        <source>, {0} left</source>
        <translation>，剩余 {0}</translation>
    </message>
    <message>
        <source>, then saved</source>
        <translation>，完成后保存</translation>
    </message>
    <message>
        <source>, {0} MP/s</source>
        <translation>，{0} MP/s</translation>
    </message>
    <message>
        <source>{0}, {1} × {2} pixels</source>
        <translation>{0}，{1} × {2} 像素</translation>
    </message>
    <message>
        <source> — upscaled in {0} on {1}</source>
        <translation> — 已放大，用时 {0}，设备：{1}</translation>
    </message>
    <message>
        <source> — only a part is upscaled</source>
        <translation> — 仅放大了一部分</translation>
    </message>
    <message>
        <source> — not upscaled yet</source>
        <translation> — 尚未放大</translation>
    </message>
</context>
<context>
    <name>Comparison</name>
    <message>
        <source>Original, enlarged</source>
        <translation>原图（放大）</translation>
    </message>
    <message>
        <source>Original, pixels</source>
        <translation>原图（像素）</translation>
    </message>
    <message>
        <source>Result · {0}</source>
        <translation>结果 · {0}</translation>
    </message>
    <message>
        <source>{0} (a part)</source>
        <translation>{0}（部分）</translation>
    </message>
    <message>
        <source>Computing · {0}</source>
        <translation>正在计算 · {0}</translation>
    </message>
    <message>
        <source>Loading · {0}</source>
        <translation>正在载入 · {0}</translation>
    </message>
    <message>
        <source>Partly computed · {0}</source>
        <translation>只计算了一部分 · {0}</translation>
    </message>
    <message>
        <source>Not computed · {0}</source>
        <translation>尚未计算 · {0}</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>{0} steps</source>
        <translation>{0} 步</translation>
    </message>
    <message>
        <source>{0} passes</source>
        <translation>{0} 遍</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>种子 {0}</translation>
    </message>
    <message>
        <source>fidelity {0} %</source>
        <translation>保真度 {0}%</translation>
    </message>
    <message>
        <source>caption: {0}</source>
        <translation>图片说明：{0}</translation>
    </message>
</context>
<context>
    <name>ConsistencyState</name>
    <message>
        <source>Magenta: the input does not support this</source>
        <translation>洋红色：缺乏输入依据的部分</translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Fidelity: from most detail to closest to the input</source>
        <translation>保真度：从细节最多到最接近输入</translation>
    </message>
    <message>
        <source>Caption: what the photograph shows</source>
        <translation>图片说明：照片里有什么</translation>
    </message>
    <message>
        <source>What the photograph shows</source>
        <translation>照片里有什么</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Continue with the whole picture</source>
        <translation>继续处理整幅图像</translation>
    </message>
    <message>
        <source>After the part in view, compute all of the picture without being asked</source>
        <translation>可见部分完成后，自动计算整张图像</translation>
    </message>
    <message>
        <source>Kind of file</source>
        <translation>文件类型</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Quality </source>
        <translation>质量 </translation>
    </message>
    <message>
        <source>Bits of a color</source>
        <translation>颜色位数</translation>
    </message>
    <message>
        <source>Presets: choices saved under a name</source>
        <translation>预设：以名称保存的选项</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>As source</source>
        <translation>与原图相同</translation>
    </message>
    <message>
        <source>Fidelity</source>
        <translation>保真度</translation>
    </message>
    <message>
        <source>Caption</source>
        <translation>图片说明</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Fidelity by the noise and JPEG blocks of each photograph</source>
        <translation>按每张照片的噪声和 JPEG 块效应选择保真度</translation>
    </message>
    <message>
        <source>Size of the saved file</source>
        <translation>保存文件的尺寸</translation>
    </message>
    <message>
        <source>Most detail</source>
        <translation>细节最多</translation>
    </message>
    <message>
        <source>Closest to input</source>
        <translation>最接近输入</translation>
    </message>
    <message>
        <source>Fine detail is generated, not recovered.</source>
        <translation>精细的细节由模型生成，并非还原。</translation>
    </message>
    <message>
        <source>Upscale all</source>
        <translation>全部放大</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>{0} holds no transparency: it becomes white.</source>
        <translation>{0} 不支持透明，透明处将变为白色。</translation>
    </message>
    <message>
        <source>Optional. It is joined with the model's own prompt.</source>
        <translation>可选。会与模型自带的提示词合并。</translation>
    </message>
    <message>
        <source>Captions cannot be used: {0}.</source>
        <translation>无法使用图片说明：{0}。</translation>
    </message>
    <message>
        <source>Chosen for each photograph</source>
        <translation>按每张照片选择</translation>
    </message>
    <message>
        <source>Auto: {0} % (noise {1}, blocks {2} of 255)</source>
        <translation>自动：{0}%（噪声 {1}，块效应 {2}，满值 255）</translation>
    </message>
    <message>
        <source>The model's picture as it is</source>
        <translation>模型生成的原样图像</translation>
    </message>
    <message>
        <source>Agrees with the input wherever the input can tell; finer detail stays the model's</source>
        <translation>凡输入能确定之处均与其一致；更精细的细节仍由模型生成</translation>
    </message>
    <message>
        <source>{0} % of the way to agreeing with the input</source>
        <translation>向与输入一致靠近 {0}%</translation>
    </message>
    <message>
        <source>This model's fast setting</source>
        <translation>此模型的快速设置</translation>
    </message>
    <message>
        <source>What this model was made for</source>
        <translation>此模型的设计步数</translation>
    </message>
    <message>
        <source>More steps refine</source>
        <translation>步数越多越精细</translation>
    </message>
    <message>
        <source>Fewer steps are faster and rougher</source>
        <translation>步数越少越快，但更粗糙</translation>
    </message>
    <message>
        <source>Open a photograph to see the size</source>
        <translation>打开照片后显示尺寸</translation>
    </message>
    <message>
        <source>This size is not possible</source>
        <translation>无法使用此尺寸</translation>
    </message>
    <message>
        <source>{0} × {1} pixels, {2}; about {3} of memory</source>
        <translation>{0} × {1} 像素，{2}；约需 {3} 内存</translation>
    </message>
    <message>
        <source>{0:.1f} × {1:.1f} cm on paper at {2} dpi</source>
        <translation>打印尺寸 {0:.1f} × {1:.1f} 厘米，每英寸 {2} 像素</translation>
    </message>
    <message>
        <source>{2} passes make {0} × {1}.</source>
        <translation>{2} 遍得到 {0} × {1}。</translation>
    </message>
    <message>
        <source>{2} passes make {0} × {1}; the rest is resizing.</source>
        <translation>{2} 遍得到 {0} × {1}；其余部分靠缩放。</translation>
    </message>
    <message>
        <source>{2} passes make {0} × {1}; it is reduced to this.</source>
        <translation>{2} 遍得到 {0} × {1}；再缩小到此尺寸。</translation>
    </message>
    <message>
        <source>The model makes {0} × {1}; the rest is resizing.</source>
        <translation>模型生成 {0} × {1}，其余为缩放。</translation>
    </message>
    <message>
        <source>The model makes {0} × {1}; it is reduced to this.</source>
        <translation>模型生成 {0} × {1}，再缩小到此尺寸。</translation>
    </message>
</context>
<context>
    <name>CropArea</name>
    <message>
        <source>Frame: what of the picture is taken</source>
        <translation>裁剪框：取用图片的哪一部分</translation>
    </message>
</context>
<context>
    <name>CurveChart</name>
    <message>
        <source>{0}: from {1} at step {2} to {3} at step {4}.</source>
        <translation>{0}：从第 {2} 步的 {1} 到第 {4} 步的 {3}。</translation>
    </message>
    <message>
        <source>Step {0}: {1}</source>
        <translation>第 {0} 步：{1}</translation>
    </message>
    <message>
        <source>step {0}</source>
        <translation>第 {0} 步</translation>
    </message>
</context>
<context>
    <name>Distil</name>
    <message>
        <source>Mixed</source>
        <translation>混合</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Heavy</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>{0}, 1 step</source>
        <translation>{0}，1 步</translation>
    </message>
    <message>
        <source>{0}, {1} steps</source>
        <translation>{0}，{1} 步</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>preparing</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练中</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>PSNR in dB, higher is better</source>
        <translation>PSNR（dB），越高越好</translation>
    </message>
    <message>
        <source>LPIPS (no unit), lower is better</source>
        <translation>LPIPS（无单位），越低越好</translation>
    </message>
    <message>
        <source>Steps left out</source>
        <translation>跳过的步数</translation>
    </message>
    <message>
        <source>Norm of the gradient (no unit)</source>
        <translation>梯度范数（无单位）</translation>
    </message>
    <message>
        <source>{0} loss (no unit), lower is better</source>
        <translation>{0} 损失（无单位），越低越好</translation>
    </message>
</context>
<context>
    <name>DistillPage</name>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop what runs</source>
        <translation>停止正在运行的任务</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>教师模型</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Make a student of your own</source>
        <translation>训练您自己的学生模型</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>正在准备</translation>
    </message>
</context>
<context>
    <name>DistillState</name>
    <message>
        <source>The weights of LPIPS and DISTS are there.</source>
        <translation>LPIPS 和 DISTS 的权重已就绪。</translation>
    </message>
    <message>
        <source>{0} is installed.</source>
        <translation>{0} 已安装。</translation>
    </message>
    <message>
        <source>{0} is still being trained.</source>
        <translation>{0} 仍在训练中。</translation>
    </message>
</context>
<context>
    <name>DocumentState</name>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图像</translation>
    </message>
</context>
<context>
    <name>DropHint</name>
    <message>
        <source>Open again: {0}</source>
        <translation>重新打开：{0}</translation>
    </message>
    <message>
        <source>Opened last:</source>
        <translation>最近打开：</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Drop a photograph here</source>
        <translation>将照片拖放到这里</translation>
    </message>
    <message>
        <source>It becomes four times larger and sharper on this computer.
Nothing leaves it.</source>
        <translation>在本机将照片放大四倍并变得更清晰。
任何数据都不会离开这台电脑。</translation>
    </message>
    <message>
        <source>Fine detail is generated, not recovered.</source>
        <translation>精细的细节由模型生成，并非还原。</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source> and %1 more</source>
        <translation>，另有 %1 个</translation>
    </message>
    <message>
        <source>"%1" cannot be a model's name. Give another with `--name`.</source>
        <translation>“%1”不能用作模型名称。请用 `--name` 另取一个。</translation>
    </message>
    <message>
        <source>"%1" cannot be set: %2 is a field and not a table of fields.</source>
        <translation>无法设置“%1”：%2 是一个字段，而不是字段表。</translation>
    </message>
    <message>
        <source>"%1" sets no field. Write it as in: --set objective.guidance=4</source>
        <translation>“%1”没有设置任何字段。请这样写：--set objective.guidance=4</translation>
    </message>
    <message>
        <source>%1 %2 instead of %3</source>
        <translation>%1 为 %2，应为 %3</translation>
    </message>
    <message>
        <source>%1 At least %2 are needed; choose another folder.</source>
        <translation>%1至少需要 %2 张；请选择其他文件夹。</translation>
    </message>
    <message>
        <source>%1 MiB%2: up to %3 can be used; %4 for weights and %5 for the work on tiles (computed).</source>
        <translation>%1 MiB%2：最多可用 %3；权重占 %4，处理图块占 %5（计算值）。</translation>
    </message>
    <message>
        <source>%1 and %2 are no null prompt. Get them again.</source>
        <translation>%1 和 %2 不是空提示词。请重新获取。</translation>
    </message>
    <message>
        <source>%1 and %2 would both become %3. Use folders.</source>
        <translation>%1 和 %2 都会变成 %3。请使用不同的文件夹。</translation>
    </message>
    <message>
        <source>%1 broken</source>
        <translation>%1 张已损坏</translation>
    </message>
    <message>
        <source>%1 came damaged: its checksum is not the one the hub gave. It was deleted; pull again to fetch it anew.</source>
        <translation>%1 已损坏：其校验和与 Hub 给出的不一致。文件已删除；请重新拉取。</translation>
    </message>
    <message>
        <source>%1 came longer than the hub said. Pull again; it starts anew.</source>
        <translation>%1 比 Hub 所说的更长。请重新拉取，将从头开始下载。</translation>
    </message>
    <message>
        <source>%1 cannot be deleted: %2. Close what uses it and try again.</source>
        <translation>无法删除 %1：%2。请关闭正在使用它的程序后重试。</translation>
    </message>
    <message>
        <source>%1 cannot be deleted: %2. Permit it and try again.</source>
        <translation>无法删除 %1：%2。请授予权限后重试。</translation>
    </message>
    <message>
        <source>%1 cannot be installed in %2: %3. Free space or permit writing there, and try again.</source>
        <translation>无法将 %1 安装到 %2：%3。请释放空间或允许写入，然后重试。</translation>
    </message>
    <message>
        <source>%1 cannot be read (%2). Check the disk or connection it lies on.</source>
        <translation>无法读取 %1（%2）。请检查它所在的磁盘或连接。</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2.</source>
        <translation>无法读取 %1：%2。</translation>
    </message>
    <message>
        <source>%1 cannot be written (%2). Choose another place and try again.</source>
        <translation>无法写入 %1（%2）。请选择其他位置后重试。</translation>
    </message>
    <message>
        <source>%1 cannot be written to: %2. Set MFSR_HOME to another folder.</source>
        <translation>无法写入 %1：%2。请将 MFSR_HOME 设为其他文件夹。</translation>
    </message>
    <message>
        <source>%1 cannot be written. Choose another place, or the ending .png.</source>
        <translation>无法写入 %1。请选择其他位置，或使用扩展名 .png。</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2. Choose another place.</source>
        <translation>无法写入 %1：%2。请选择其他位置。</translation>
    </message>
    <message>
        <source>%1 cannot hold a result of this size while it is made (%2)</source>
        <translation>%1 在生成过程中容不下这么大的结果（%2）</translation>
    </message>
    <message>
        <source>%1 does not fit into memory. Close other programs or cut it into parts.</source>
        <translation>内存容不下 %1。请关闭其他程序，或将图像切成几部分。</translation>
    </message>
    <message>
        <source>%1 duplicate</source>
        <translation>%1 张重复</translation>
    </message>
    <message>
        <source>%1 exists already. Choose another name, or allow it to be replaced.</source>
        <translation>%1 已存在。请选择其他名称，或允许替换。</translation>
    </message>
    <message>
        <source>%1 flat</source>
        <translation>%1 张过于单调</translation>
    </message>
    <message>
        <source>%1 for latents, then </source>
        <translation>先用 %1 计算潜变量，然后</translation>
    </message>
    <message>
        <source>%1 gave a tile that is %2, also in fp32. Its weights may be damaged.</source>
        <translation>%1 生成的图块%2，用 fp32 重新计算后依然如此。其权重可能已损坏。</translation>
    </message>
    <message>
        <source>%1 has %2, which cannot be written. Choose one of %3.</source>
        <translation>%1 使用了%2，无法写入。请从 %3 中选择一种。</translation>
    </message>
    <message>
        <source>%1 has changed since it was installed.</source>
        <translation>%1 安装后已被更改。</translation>
    </message>
    <message>
        <source>%1 has format %2; this program knows up to %3. Update the program.</source>
        <translation>%1 的格式版本为 %2；本程序最高支持 %3。请更新程序。</translation>
    </message>
    <message>
        <source>%1 has learned prompts and takes no texts.</source>
        <translation>%1 使用学习得到的提示词，不接受文本。</translation>
    </message>
    <message>
        <source>%1 has no %2/. Put the autoencoder of Stable Diffusion 3.5 Medium there, name its folder with `--vae`, or fetch it with `mfsr models pull %3`.</source>
        <translation>%1 中没有 %2/。请将 Stable Diffusion 3.5 Medium 的自编码器放在那里，用 `--vae` 指定其文件夹，或用 `mfsr models pull %3` 下载。</translation>
    </message>
    <message>
        <source>%1 has no autoencoder: %2 is missing.</source>
        <translation>%1 没有自编码器：缺少 %2。</translation>
    </message>
    <message>
        <source>%1 has no negative prompt for guidance to lead away from.</source>
        <translation>%1 没有可供引导远离的负向提示词。</translation>
    </message>
    <message>
        <source>%1 has no negative prompt, which guidance needs.</source>
        <translation>%1 没有引导所需的负向提示词。</translation>
    </message>
    <message>
        <source>%1 has no null prompt besides its positive one, so guidance has nothing to lead away from.</source>
        <translation>%1 除正向提示词外没有空提示词，因此引导没有可以远离的对象。</translation>
    </message>
    <message>
        <source>%1 holds a model as others publish it, without %2. `mfsr models import %3` installs it.</source>
        <translation>%1 中是他人发布的模型，没有 %2。可用 `mfsr models import %3` 安装。</translation>
    </message>
    <message>
        <source>%1 holds no checkpoint yet; train first.</source>
        <translation>%1 中尚无检查点；请先训练。</translation>
    </message>
    <message>
        <source>%1 holds no finished pack of training crops; build it again.</source>
        <translation>%1 中没有完整的训练裁剪块包；请重新生成。</translation>
    </message>
    <message>
        <source>%1 holds no grey profile; the tones were converted to sRGB.</source>
        <translation>%1 不支持灰度配置文件；色调已转换为 sRGB。</translation>
    </message>
    <message>
        <source>%1 holds no transparency; the picture was put on white.</source>
        <translation>%1 不支持透明度；图像已置于白色背景上。</translation>
    </message>
    <message>
        <source>%1 holds something other than one tensor of numbers. Get it again.</source>
        <translation>%1 中的内容不是单个数值张量。请重新获取。</translation>
    </message>
    <message>
        <source>%1 hours</source>
        <translation>%1 小时</translation>
    </message>
    <message>
        <source>%1 is a device or a pipe, not a file. Choose a picture file.</source>
        <translation>%1 是设备或管道，不是文件。请选择一个图片文件。</translation>
    </message>
    <message>
        <source>%1 is a file, not a folder. Choose another place for %2.</source>
        <translation>%1 是文件，不是文件夹。请为 %2 选择其他位置。</translation>
    </message>
    <message>
        <source>%1 is a folder, not a picture. Choose a file in it.</source>
        <translation>%1 是文件夹，不是图片。请选择其中的文件。</translation>
    </message>
    <message>
        <source>%1 is a folder. Choose another name for the picture.</source>
        <translation>%1 是文件夹。请为图片选择其他名称。</translation>
    </message>
    <message>
        <source>%1 is a link to a file that is not there. Check where it leads.</source>
        <translation>%1 是一个链接，但所指的文件不存在。请检查它指向何处。</translation>
    </message>
    <message>
        <source>%1 is a link to a place outside of the model. Copy the file there and import again.</source>
        <translation>%1 是指向模型之外的链接。请将该文件复制到那里，再重新导入。</translation>
    </message>
    <message>
        <source>%1 is a student: guidance is built into it and would be applied twice. Choose a many-step teacher.</source>
        <translation>%1 是学生模型：引导已内置其中，再次引导会重复施加。请选择多步的教师模型。</translation>
    </message>
    <message>
        <source>%1 is being trained already.</source>
        <translation>%1 已在训练中。</translation>
    </message>
    <message>
        <source>%1 is damaged or cut off. Get a complete copy of the file and try again.</source>
        <translation>%1 已损坏或不完整。请获取完整的文件副本后重试。</translation>
    </message>
    <message>
        <source>%1 is damaged.</source>
        <translation>%1 已损坏。</translation>
    </message>
    <message>
        <source>%1 is damaged: %2.</source>
        <translation>%1 已损坏：%2。</translation>
    </message>
    <message>
        <source>%1 is empty (0 bytes). Get a complete copy of the file.</source>
        <translation>%1 是空文件（0 字节）。请获取完整的文件副本。</translation>
    </message>
    <message>
        <source>%1 is installed already.</source>
        <translation>%1 已安装。</translation>
    </message>
    <message>
        <source>%1 is installed already. `mfsr models remove %2` removes it.</source>
        <translation>%1 已安装。用 `mfsr models remove %2` 可将其移除。</translation>
    </message>
    <message>
        <source>%1 is missing.</source>
        <translation>缺少 %1。</translation>
    </message>
    <message>
        <source>%1 is no SHA-256</source>
        <translation>%1 不是 SHA-256</translation>
    </message>
    <message>
        <source>%1 is no file of one tensor (%2). Get it again.</source>
        <translation>%1 不是单个张量的文件（%2）。请重新获取。</translation>
    </message>
    <message>
        <source>%1 is no folder. Give the folder that holds %2, or transformer/ and vae/.</source>
        <translation>%1 不是文件夹。请指定包含 %2，或 transformer/ 和 vae/ 的文件夹。</translation>
    </message>
    <message>
        <source>%1 is not a folder that can hold %2. Choose another folder.</source>
        <translation>%1 不是可以存放 %2 的文件夹。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>%1 is not a model folder: it holds no %2.</source>
        <translation>%1 不是模型文件夹：其中没有 %2。</translation>
    </message>
    <message>
        <source>%1 is not a picture that can be read. Choose a %2 file.</source>
        <translation>%1 不是可读取的图片。请选择 %2 文件。</translation>
    </message>
    <message>
        <source>%1 is not a sheet of pictures.</source>
        <translation>%1 不是图片拼版。</translation>
    </message>
    <message>
        <source>%1 is too large to be a prompt. Get it again.</source>
        <translation>%1 太大，不可能是提示词。请重新获取。</translation>
    </message>
    <message>
        <source>%1 is written with 8 bits a channel; choose PNG or TIFF to keep 16.</source>
        <translation>%1 以每通道 8 位写入；如需保留 16 位，请选择 PNG 或 TIFF。</translation>
    </message>
    <message>
        <source>%1 leaves its folder</source>
        <translation>%1 指向其文件夹之外</translation>
    </message>
    <message>
        <source>%1 lies in %2, not among your own models. It was left alone.</source>
        <translation>%1 位于 %2，不属于您自己的模型，因此未作改动。</translation>
    </message>
    <message>
        <source>%1 may not be read. Ask its owner for permission, or copy it elsewhere.</source>
        <translation>没有读取 %1 的权限。请向其所有者申请权限，或将其复制到别处。</translation>
    </message>
    <message>
        <source>%1 may not be written to. Choose another folder or ask for permission.</source>
        <translation>没有写入 %1 的权限。请选择其他文件夹，或申请权限。</translation>
    </message>
    <message>
        <source>%1 minutes</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 must be a number, not %2</source>
        <translation>%1 必须是数值，不能是 %2</translation>
    </message>
    <message>
        <source>%1 must be a whole number, not "%2".</source>
        <translation>%1 必须是整数，不能是“%2”。</translation>
    </message>
    <message>
        <source>%1 must be true or false, not %2</source>
        <translation>%1 必须是 true 或 false，而不是 %2</translation>
    </message>
    <message>
        <source>%1 must be yes or no, not "%2".</source>
        <translation>%1 必须是 yes 或 no，不能是“%2”。</translation>
    </message>
    <message>
        <source>%1 no longer holds %2. Update the program, whose catalogue is out of date.</source>
        <translation>%1 中已没有 %2。程序的模型目录已过时，请更新程序。</translation>
    </message>
    <message>
        <source>%1 of %2 (%3 on the hub) is not the file this program knows: size or checksum differ. Nothing was fetched. Update the program.</source>
        <translation>%2 的 %1（Hub 上为 %3）不是本程序所知的文件：大小或校验和不同。未下载任何内容。请更新程序。</translation>
    </message>
    <message>
        <source>%1 of %2 tiles failed a check and were computed again in fp32.</source>
        <translation>%2 个图块中有 %1 个未通过检查，已用 fp32 重新计算。</translation>
    </message>
    <message>
        <source>%1 photographs can be used</source>
        <translation>可使用 %1 张照片</translation>
    </message>
    <message>
        <source>%1 photographs can be used.</source>
        <translation>可使用 %1 张照片。</translation>
    </message>
    <message>
        <source>%1 photographs can be used; left out: %2.</source>
        <translation>可使用 %1 张照片；未采用：%2。</translation>
    </message>
    <message>
        <source>%1 processes were started, but this one sees %2. Start them with torchrun or accelerate launch, and check its settings.</source>
        <translation>启动了 %1 个进程，但此进程只看到 %2 个。请用 torchrun 或 accelerate launch 启动，并检查其设置。</translation>
    </message>
    <message>
        <source>%1 takes no text; the caption was left out.</source>
        <translation>%1 不接受文本；已忽略图片说明。</translation>
    </message>
    <message>
        <source>%1 threads, %2</source>
        <translation>%1 个线程，%2</translation>
    </message>
    <message>
        <source>%1 tiles are painted together.</source>
        <translation>同时绘制 %1 个图块。</translation>
    </message>
    <message>
        <source>%1 too small</source>
        <translation>%1 张太小</translation>
    </message>
    <message>
        <source>%1 was installed meanwhile by another program. Nothing was changed.</source>
        <translation>%1 在此期间已被其他程序安装。未作任何更改。</translation>
    </message>
    <message>
        <source>%1 was not taken for a caption: it cannot be read (%2).</source>
        <translation>%1 未被用作图片说明：无法读取（%2）。</translation>
    </message>
    <message>
        <source>%1 was not taken for a caption: it is longer than %2 KiB.</source>
        <translation>%1 未被用作图片说明：长度超过 %2 KiB。</translation>
    </message>
    <message>
        <source>%1 was not taken for a caption: it is no text in UTF-8.</source>
        <translation>%1 未被用作图片说明：不是 UTF-8 文本。</translation>
    </message>
    <message>
        <source>%1 was not upscaled (%2). Check its disk and that of the result, and try again.</source>
        <translation>%1 未能放大（%2）。请检查它和结果所在的磁盘，然后重试。</translation>
    </message>
    <message>
        <source>%1 was written but cannot be read again (%2). Check the disk.</source>
        <translation>%1 已写入，但无法重新读取（%2）。请检查磁盘。</translation>
    </message>
    <message>
        <source>%1 was written but has %2 x %3 pixels. Check the disk.</source>
        <translation>%1 已写入，但尺寸为 %2 x %3 像素。请检查磁盘。</translation>
    </message>
    <message>
        <source>%1 would be %2 x %3 pixels, but %4 ends at %5 a side. Choose PNG or TIFF, or a smaller size.</source>
        <translation>%1 将有 %2 x %3 像素，但 %4 每边最多 %5。请选择 PNG 或 TIFF，或较小的尺寸。</translation>
    </message>
    <message>
        <source>%1 would be %2 x %3 pixels, but %4 ends at %5 megapixels. Choose PNG or TIFF, or a smaller size.</source>
        <translation>%1 将有 %2 x %3 像素，但 %4 最多只有 %5 百万像素。请选择 PNG 或 TIFF，或较小的尺寸。</translation>
    </message>
    <message>
        <source>%1 x %2 pixels; %3 are needed on both sides</source>
        <translation>%1 x %2 像素；两边都至少需要 %3</translation>
    </message>
    <message>
        <source>%1%2 is not known</source>
        <translation>%1%2 无法识别</translation>
    </message>
    <message>
        <source>%1%2 on %3: %4 steps, %5 patches seen; %6 MiB of memory, %7 MiB on disk.</source>
        <translation>%1%2，设备 %3：%4 步，共学习 %5 个图像块；内存 %6 MiB，磁盘 %7 MiB。</translation>
    </message>
    <message>
        <source>%1. Free some space, or set MFSR_HOME to a folder on another disk, and try again.</source>
        <translation>%1。请释放一些空间，或将 MFSR_HOME 设为其他磁盘上的文件夹，然后重试。</translation>
    </message>
    <message>
        <source>%1.kind: Input should be %2</source>
        <translation>%1.kind：应为 %2</translation>
    </message>
    <message>
        <source>%1: %2 results of this program were left out; --include-results takes them in.</source>
        <translation>%1：略过了本程序生成的 %2 张结果；使用 --include-results 可将其纳入。</translation>
    </message>
    <message>
        <source>%1: Input should be a table of fields</source>
        <translation>%1：应为字段表</translation>
    </message>
    <message>
        <source>, %1 of them free</source>
        <translation>，其中 %1 可用</translation>
    </message>
    <message>
        <source>0 most detail to 1 closest to the input.</source>
        <translation>0 为细节最多，1 为最接近输入。</translation>
    </message>
    <message>
        <source>1 (small file) to 100 (best), for JPEG, WebP and AVIF.</source>
        <translation>1（文件最小）到 100（质量最佳），用于 JPEG、WebP 和 AVIF。</translation>
    </message>
    <message>
        <source>; left out: %1.</source>
        <translation>；未采用：%1。</translation>
    </message>
    <message>
        <source>A compact student is trained whole; student.parts "%1" is for full size.</source>
        <translation>小型学生模型会整体训练；student.parts“%1”只用于完整尺寸的模型。</translation>
    </message>
    <message>
        <source>A compact teacher has no autoencoder, so there are no latents to keep: set data.latent_patches = 0.</source>
        <translation>小型教师模型没有自编码器，因此没有潜变量可保存：请设置 data.latent_patches = 0。</translation>
    </message>
    <message>
        <source>A config.json in %1 is damaged: %2. Get the model again.</source>
        <translation>%1 中的 config.json 已损坏：%2。请重新获取模型。</translation>
    </message>
    <message>
        <source>A latent of %1 x %2 cannot be cut into %3 x %4 patches. Pad the picture first.</source>
        <translation>%1 x %2 的潜变量无法切成 %3 x %4 的图像块。请先填充图像。</translation>
    </message>
    <message>
        <source>A loss stopped being a number at step %1. Lower the learning rate or the guidance, then resume from the last checkpoint.</source>
        <translation>第 %1 步的损失已不是有效数值。请降低学习率或引导强度，然后从最近的检查点继续。</translation>
    </message>
    <message>
        <source>A network that is shared out (run.shard) cannot be trained in fp16. Choose bf16 or fp32.</source>
        <translation>分片的网络 (run.shard) 不能用 fp16 训练。请选择 bf16 或 fp32。</translation>
    </message>
    <message>
        <source>A patch of %1 pixels (patch_px) cannot be cut from crops of %2 (crop_px)</source>
        <translation>无法从 %2 像素的裁剪块（crop_px）中切出 %1 像素的图像块（patch_px）</translation>
    </message>
    <message>
        <source>A patch of %1 pixels cannot be cut from crops of %2; choose at most that, and a multiple of %3.</source>
        <translation>无法从 %2 的裁剪块中切出 %1 像素的图像块；最大只能与其相同，且须为 %3 的倍数。</translation>
    </message>
    <message>
        <source>A picture must have shape (H, W, 3) with no side zero, not %1.</source>
        <translation>图像的形状必须为 (H, W, 3) 且各边不为零，不能是 %1。</translation>
    </message>
    <message>
        <source>A piece of %1 x %2 tokens exceeds the %3 x %4 this model knows. Use smaller tiles.</source>
        <translation>%1 x %2 个词元的图块超过了此模型支持的 %3 x %4。请使用较小的图块。</translation>
    </message>
    <message>
        <source>A preset needs a name.</source>
        <translation>预设需要名称。</translation>
    </message>
    <message>
        <source>A process trains in %1 already. Stop it first, or take another folder.</source>
        <translation>%1 中已有一个进程在训练。请先停止它，或使用其他文件夹。</translation>
    </message>
    <message>
        <source>A student of %1.</source>
        <translation>%1 的学生模型。</translation>
    </message>
    <message>
        <source>A teacher is trained in pixels, so there are no latents to keep: set data.latent_patches = 0.</source>
        <translation>教师模型在像素空间训练，因此没有潜变量可保存：请设置 data.latent_patches = 0。</translation>
    </message>
    <message>
        <source>A tile needs at least 32 pixels, not %1.</source>
        <translation>图块至少需要 32 像素，不能是 %1。</translation>
    </message>
    <message>
        <source>A training step does not fit into memory. Choose smaller patches or batches, or fewer parts to train.</source>
        <translation>内存容不下一步训练。请选择较小的图像块或批次，或减少要训练的部分。</translation>
    </message>
    <message>
        <source>Accumulate</source>
        <translation>梯度累积</translation>
    </message>
    <message>
        <source>Adaptive offset</source>
        <translation>自适应偏移</translation>
    </message>
    <message>
        <source>Adaptive power</source>
        <translation>自适应幂次</translation>
    </message>
    <message>
        <source>Adversarial</source>
        <translation>对抗损失</translation>
    </message>
    <message>
        <source>After: what it shall make</source>
        <translation>处理后：学生模型应生成的图像</translation>
    </message>
    <message>
        <source>All weights stay on the device in full.</source>
        <translation>全部权重完整保留在设备上。</translation>
    </message>
    <message>
        <source>Another pull is running. Wait until it ends, then pull again.</source>
        <translation>另一个拉取任务正在运行。请等待其结束后再拉取。</translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation>Apple GPU</translation>
    </message>
    <message>
        <source>Asking the hub</source>
        <translation>正在查询 Hub</translation>
    </message>
    <message>
        <source>Attribution</source>
        <translation>署名</translation>
    </message>
    <message>
        <source>Autoencoder and scheduler of Stable Diffusion 3.5 Medium</source>
        <translation>Stable Diffusion 3.5 Medium 的自编码器和调度器</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批次大小</translation>
    </message>
    <message>
        <source>Batches per optimizer step.</source>
        <translation>每个优化器步的批次数。</translation>
    </message>
    <message>
        <source>Before: what the student is given</source>
        <translation>处理前：提供给学生模型的图像</translation>
    </message>
    <message>
        <source>Betas</source>
        <translation>Beta 系数</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>块数</translation>
    </message>
    <message>
        <source>Camera share</source>
        <translation>相机占比</translation>
    </message>
    <message>
        <source>Cannot read the recipe %1: %2.</source>
        <translation>无法读取配方 %1：%2。</translation>
    </message>
    <message>
        <source>Cannot start training: %1.</source>
        <translation>无法开始训练：%1。</translation>
    </message>
    <message>
        <source>Cannot train in %1 here: %2 Choose another precision.</source>
        <translation>此处无法用 %1 训练：%2请选择其他精度。</translation>
    </message>
    <message>
        <source>Cannot train in fp16 on %1. Choose bf16 or fp32.</source>
        <translation>在 %1 上无法用 fp16 训练。请选择 bf16 或 fp32。</translation>
    </message>
    <message>
        <source>Cannot write %1: %2. The last checkpoint is intact; make room and resume.</source>
        <translation>无法写入 %1：%2。最近的检查点完好；请腾出空间后继续。</translation>
    </message>
    <message>
        <source>Cannot write latents to %1: %2. What is done is kept; make room and start again.</source>
        <translation>无法将潜变量写入 %1：%2。已完成的部分会保留；请腾出空间后重新开始。</translation>
    </message>
    <message>
        <source>Cannot write the checkpoint %1: %2. The last checkpoint is intact; make room and resume.</source>
        <translation>无法写入检查点 %1：%2。最近的检查点完好；请腾出空间后继续。</translation>
    </message>
    <message>
        <source>Cannot write the recipe %1: %2.</source>
        <translation>无法写入配方 %1：%2。</translation>
    </message>
    <message>
        <source>Cannot write to the run folder %1: %2. Make room there.</source>
        <translation>无法写入训练文件夹 %1：%2。请在那里腾出空间。</translation>
    </message>
    <message>
        <source>Channels inside.</source>
        <translation>内部通道数。</translation>
    </message>
    <message>
        <source>Channels that are neither colours nor opacity were left out.</source>
        <translation>既非颜色也非不透明度的通道已略去。</translation>
    </message>
    <message>
        <source>Checkpoint minutes</source>
        <translation>检查点间隔（分钟）</translation>
    </message>
    <message>
        <source>Choices saved by name.</source>
        <translation>按名称保存的选择。</translation>
    </message>
    <message>
        <source>Choose a folder of photographs.</source>
        <translation>请选择照片文件夹。</translation>
    </message>
    <message>
        <source>Choose a teacher.</source>
        <translation>请选择教师模型。</translation>
    </message>
    <message>
        <source>Choose how much is trained.</source>
        <translation>请选择训练量。</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>梯度裁剪</translation>
    </message>
    <message>
        <source>Colour profile of the screen (a file that ends in .icc or .icm). Empty takes that of the desktop for the screen, else sRGB.</source>
        <translation>屏幕的颜色配置文件（以 .icc 或 .icm 结尾的文件）。留空则使用系统为该屏幕设置的配置文件，否则使用 sRGB。</translation>
    </message>
    <message>
        <source>Colours of the window: as the desktop is set, light, or dark.</source>
        <translation>窗口的配色：跟随系统、浅色或深色。</translation>
    </message>
    <message>
        <source>Comes with the program: four times larger in one step, quickly on any processor.</source>
        <translation>随程序附带：一步放大四倍，在任何处理器上都很快。</translation>
    </message>
    <message>
        <source>Comparing</source>
        <translation>正在对比</translation>
    </message>
    <message>
        <source>Comparing with the input</source>
        <translation>正在与输入比较</translation>
    </message>
    <message>
        <source>Comparing: %1</source>
        <translation>正在对比：%1</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>正在复制</translation>
    </message>
    <message>
        <source>Crop px</source>
        <translation>裁剪块边长（像素）</translation>
    </message>
    <message>
        <source>Crops per photo</source>
        <translation>每张照片的裁剪块数</translation>
    </message>
    <message>
        <source>Damaged versions prepared of each crop.</source>
        <translation>为每个裁剪块准备的退化版本数。</translation>
    </message>
    <message>
        <source>Decay of the two moments.</source>
        <translation>两个动量的衰减系数。</translation>
    </message>
    <message>
        <source>Decoupled weight decay.</source>
        <translation>解耦的权重衰减。</translation>
    </message>
    <message>
        <source>Degradation</source>
        <translation>退化类型</translation>
    </message>
    <message>
        <source>Degraded share</source>
        <translation>退化样本比例</translation>
    </message>
    <message>
        <source>Depth must be 8 or 16 bits, not %1.</source>
        <translation>位深必须是 8 或 16 位，不能是 %1。</translation>
    </message>
    <message>
        <source>Derivative</source>
        <translation>导数算法</translation>
    </message>
    <message>
        <source>DiT4SR is under the Pi-Lab License 1.0: use and redistribution for non-commercial purposes only; ask its authors for anything else.</source>
        <translation>DiT4SR 采用 Pi-Lab License 1.0：仅允许非商业用途的使用和再分发；其他用途请联系其作者。</translation>
    </message>
    <message>
        <source>DiT4SR's q, f and r1 weights look alike. Say in the model card, or with --variant, which one this is: q, f or r1.</source>
        <translation>DiT4SR 的 q、f 和 r1 权重外观相同。请在模型卡中或用 --variant 说明是哪一个：q、f 或 r1。</translation>
    </message>
    <message>
        <source>Did you mean %1?</source>
        <translation>您是指 %1 吗？</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>EXIF record is damaged</source>
        <translation>EXIF 记录已损坏</translation>
    </message>
    <message>
        <source>EXIF record is too large for %1</source>
        <translation>EXIF 记录对 %1 来说太大</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入宽度</translation>
    </message>
    <message>
        <source>Encode its prompts with `mfsr prompts encode --model %1`.</source>
        <translation>请用 `mfsr prompts encode --model %1` 编码它的提示词。</translation>
    </message>
    <message>
        <source>Encoding prompts</source>
        <translation>正在编码提示词</translation>
    </message>
    <message>
        <source>Encoding prompts needs the package transformers: `pip install "mfsr[text]"`.</source>
        <translation>编码提示词需要 transformers 软件包：`pip install "mfsr[text]"`。</translation>
    </message>
    <message>
        <source>Encoding training patches</source>
        <translation>正在编码训练图像块</translation>
    </message>
    <message>
        <source>End point</source>
        <translation>终点损失</translation>
    </message>
    <message>
        <source>Every</source>
        <translation>间隔步数</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>特征损失</translation>
    </message>
    <message>
        <source>Features batch size</source>
        <translation>特征损失批次大小</translation>
    </message>
    <message>
        <source>Features every</source>
        <translation>特征损失间隔</translation>
    </message>
    <message>
        <source>Fidelity must be 0 to 1, not %1.</source>
        <translation>保真度必须在 0 到 1 之间，不能是 %1。</translation>
    </message>
    <message>
        <source>Field required</source>
        <translation>此项必填</translation>
    </message>
    <message>
        <source>Final learning rate</source>
        <translation>最终学习率</translation>
    </message>
    <message>
        <source>Folder of photographs, searched with its subfolders; relative to the recipe.</source>
        <translation>照片文件夹，包括其子文件夹；相对于配方文件。</translation>
    </message>
    <message>
        <source>Folder that results go to; empty is beside the photograph.</source>
        <translation>存放结果的文件夹；留空则与照片在同一文件夹。</translation>
    </message>
    <message>
        <source>Format of results. PNG and TIFF lose nothing; JPEG, WebP and AVIF are smaller.</source>
        <translation>结果的格式。PNG 和 TIFF 无损；JPEG、WebP 和 AVIF 文件更小。</translation>
    </message>
    <message>
        <source>Give one target size only: a factor, a width, a height, a long side or a short side.</source>
        <translation>只能指定一种目标尺寸：倍数、宽度、高度、长边或短边。</translation>
    </message>
    <message>
        <source>Give the student a name of letters, digits, dots and dashes.</source>
        <translation>请为学生模型取一个由字母、数字、点和连字符组成的名称。</translation>
    </message>
    <message>
        <source>Gradient checkpointing</source>
        <translation>梯度检查点</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导强度</translation>
    </message>
    <message>
        <source>Guidance is built into %1; the setting was ignored.</source>
        <translation>%1 已内置引导；该设置已忽略。</translation>
    </message>
    <message>
        <source>Has prior</source>
        <translation>带先验</translation>
    </message>
    <message>
        <source>Highest learning rate.</source>
        <translation>最高学习率。</translation>
    </message>
    <message>
        <source>Hints that need not be shown again.</source>
        <translation>不必再次显示的提示。</translation>
    </message>
    <message>
        <source>How results are written.</source>
        <translation>结果的写入方式。</translation>
    </message>
    <message>
        <source>IPTC record has no place in %1</source>
        <translation>%1 中没有存放 IPTC 记录的位置</translation>
    </message>
    <message>
        <source>IPTC record is too large for %1</source>
        <translation>IPTC 记录对 %1 来说太大</translation>
    </message>
    <message>
        <source>If given, the learning rate follows this wall-clock time, and training ends with it even before `steps`.</source>
        <translation>如果指定，学习率将按实际时间变化，并且即使未达到 `steps`，训练也会在时间结束时停止。</translation>
    </message>
    <message>
        <source>In %1 %2 departs from fp32 by %3, so it was not used.</source>
        <translation>%2 在 %1 精度下与 fp32 相差 %3，因此未采用该精度。</translation>
    </message>
    <message>
        <source>In the time given only %1 steps are possible here, too few to learn anything. Allow more time, or choose a smaller teacher.</source>
        <translation>在给定时间内，本机只能完成 %1 步，不足以学到东西。请给予更多时间，或选择较小的教师模型。</translation>
    </message>
    <message>
        <source>Input should be a finite number</source>
        <translation>应为有限数值</translation>
    </message>
    <message>
        <source>Input should be a multiple of %1</source>
        <translation>应为 %1 的倍数</translation>
    </message>
    <message>
        <source>Input should be a valid integer, got a number with a fractional part</source>
        <translation>应为整数，但输入含有小数部分</translation>
    </message>
    <message>
        <source>Input should be a valid integer, unable to parse string as an integer</source>
        <translation>应为整数，无法识别输入的文字</translation>
    </message>
    <message>
        <source>Input should be a valid number, unable to parse string as a number</source>
        <translation>应为数值，无法识别输入的文字</translation>
    </message>
    <message>
        <source>Input should be greater than %1</source>
        <translation>应大于 %1</translation>
    </message>
    <message>
        <source>Input should be greater than or equal to %1</source>
        <translation>应大于或等于 %1</translation>
    </message>
    <message>
        <source>Input should be less than %1</source>
        <translation>应小于 %1</translation>
    </message>
    <message>
        <source>Input should be less than or equal to %1</source>
        <translation>应小于或等于 %1</translation>
    </message>
    <message>
        <source>Instantaneous share</source>
        <translation>瞬时样本比例</translation>
    </message>
    <message>
        <source>Instantaneous velocity: the guided teacher's, or e - x as in the original MeanFlow (a baseline).</source>
        <translation>瞬时速度：使用带引导的教师模型，或像原始 MeanFlow 那样用 e - x（作为基线）。</translation>
    </message>
    <message>
        <source>Keep checkpoints</source>
        <translation>保留检查点数</translation>
    </message>
    <message>
        <source>Kind of damage the student shall undo.</source>
        <translation>学生模型要修复的退化类型。</translation>
    </message>
    <message>
        <source>LPIPS and DISTS need weights that are not here. Get them: %1</source>
        <translation>LPIPS 和 DISTS 所需的权重不在本机。获取方式：%1</translation>
    </message>
    <message>
        <source>Language of the window: as the desktop is set, English, or Simplified Chinese.</source>
        <translation>窗口的语言：跟随系统、英文或简体中文。</translation>
    </message>
    <message>
        <source>Largest gradient norm.</source>
        <translation>最大梯度范数。</translation>
    </message>
    <message>
        <source>Latent patches</source>
        <translation>潜变量图像块数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Learning rate at the end.</source>
        <translation>结束时的学习率。</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Licence of a teacher's weights, by SPDX name or title, for its card; a student inherits its teacher's.</source>
        <translation>教师模型权重的许可证（SPDX 名称或标题），写入模型卡；学生模型沿用教师模型的许可证。</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Log every</source>
        <translation>日志间隔</translation>
    </message>
    <message>
        <source>Look at the estimate and agree to it.</source>
        <translation>请查看预估结果并确认。</translation>
    </message>
    <message>
        <source>Looking at the photographs</source>
        <translation>正在检查照片</translation>
    </message>
    <message>
        <source>Lora rank</source>
        <translation>LoRA 秩</translation>
    </message>
    <message>
        <source>Losses on the picture itself.</source>
        <translation>针对图像本身的损失。</translation>
    </message>
    <message>
        <source>Losses on the predicted picture beside that of the velocity.</source>
        <translation>在速度损失之外，针对预测图像的损失。</translation>
    </message>
    <message>
        <source>Lpips</source>
        <translation>LPIPS</translation>
    </message>
    <message>
        <source>Lr keys</source>
        <translation>低分辨率注意力键</translation>
    </message>
    <message>
        <source>Mean of the logit of t.</source>
        <translation>t 的 logit 均值。</translation>
    </message>
    <message>
        <source>Mean of the logit of the two times drawn.</source>
        <translation>所抽取的两个时间的 logit 均值。</translation>
    </message>
    <message>
        <source>Measuring a few training steps</source>
        <translation>正在实测几步训练</translation>
    </message>
    <message>
        <source>Memory ran short; tiles were reduced to %1 pixels.</source>
        <translation>内存不足；图块已缩小到 %1 像素。</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分钟数</translation>
    </message>
    <message>
        <source>Minutes between checkpoints.</source>
        <translation>检查点之间的分钟数。</translation>
    </message>
    <message>
        <source>Model folder of the teacher, relative to the recipe, or the name of an installed model.</source>
        <translation>教师模型的文件夹（相对于配方文件），或已安装模型的名称。</translation>
    </message>
    <message>
        <source>Model that is chosen at the start.</source>
        <translation>启动时选择的模型。</translation>
    </message>
    <message>
        <source>Model that upscales.</source>
        <translation>用于放大的模型。</translation>
    </message>
    <message>
        <source>Most a crop is enlarged before the damage of a camera, drawn evenly from 1; reduced photographs are sharper than a camera's own.</source>
        <translation>在模拟相机损伤之前裁块最多放大的倍数，从 1 起均匀抽取；缩小过的照片比相机直出的更锐。</translation>
    </message>
    <message>
        <source>Most crops from one photograph.</source>
        <translation>每张照片最多的裁剪块数。</translation>
    </message>
    <message>
        <source>Most memory that is counted on when a model is fitted to the device, in MiB; 0 is all that is free. Counts from the next start.</source>
        <translation>为设备适配模型时最多计入的内存，单位 MiB；0 表示全部可用内存。下次启动时生效。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name for people.</source>
        <translation>显示名称。</translation>
    </message>
    <message>
        <source>Name of a result without its ending, from {name}, {size} (such as 4x), {width}, {height}, {model}, {steps}, {seed} and others.</source>
        <translation>结果的名称（不含扩展名），可使用 {name}、{size}（例如 4x）、{width}、{height}、{model}、{steps}、{seed} 等。</translation>
    </message>
    <message>
        <source>Name of the model to be made; letters, digits, dots, dashes.</source>
        <translation>要制作的模型的名称；字母、数字、点、连字符。</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>负向提示词</translation>
    </message>
    <message>
        <source>Newest checkpoints kept.</source>
        <translation>保留最新检查点的数量。</translation>
    </message>
    <message>
        <source>No checkpoint in %1 can be read (%2). Restore one from a copy, or delete them to start anew.</source>
        <translation>%1 中的检查点都无法读取（%2）。请从备份恢复一个，或将其删除以重新开始。</translation>
    </message>
    <message>
        <source>No model named "%1" is installed, and no such folder exists. Installed: %2. `mfsr models list` shows what else can be had, and `mfsr models pull NAME` fetches it.</source>
        <translation>未安装名为“%1”的模型，也没有这样的文件夹。已安装：%2。用 `mfsr models list` 查看可获取的模型，用 `mfsr models pull NAME` 下载。</translation>
    </message>
    <message>
        <source>No readable photograph is at least %1 pixels on both sides; choose larger ones.</source>
        <translation>没有一张可读取的照片两边都达到 %1 像素；请选择更大的照片。</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
        <source>Nothing of %1 was fetched.</source>
        <translation>未下载 %1 的任何内容。</translation>
    </message>
    <message>
        <source>Nothing was fetched, because the licence of %1 was not accepted.</source>
        <translation>未下载任何内容，因为没有接受 %1 的许可证。</translation>
    </message>
    <message>
        <source>Null share</source>
        <translation>空提示词比例</translation>
    </message>
    <message>
        <source>Offset c of the adaptive weight.</source>
        <translation>自适应权重的偏移 c。</translation>
    </message>
    <message>
        <source>One or two sentences about the model for people, for its card; empty says of a student whose it is.</source>
        <translation>用一两句话介绍模型，写入模型卡；留空则说明它是谁的学生模型。</translation>
    </message>
    <message>
        <source>One step from noise to photograph at full size; variant f.</source>
        <translation>从噪声到照片只需一步的完整尺寸模型；f 版本。</translation>
    </message>
    <message>
        <source>One step from noise to photograph at full size; variant q.</source>
        <translation>从噪声到照片只需一步的完整尺寸模型；q 版本。</translation>
    </message>
    <message>
        <source>Opacity of shape %1 does not fit a picture of %2.</source>
        <translation>形状为 %1 的不透明度与 %2 的图像不匹配。</translation>
    </message>
    <message>
        <source>Optimizer steps in all.</source>
        <translation>优化器总步数。</translation>
    </message>
    <message>
        <source>Or set objective.guidance = 1 to train without guidance.</source>
        <translation>或设置 objective.guidance = 1，不用引导进行训练。</translation>
    </message>
    <message>
        <source>Or set objective.negative_prompt = "null" to lead away from its null prompt.</source>
        <translation>或设置 objective.negative_prompt = "null"，以远离它的空提示词。</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>训练部分</translation>
    </message>
    <message>
        <source>Patch px</source>
        <translation>图像块边长（像素）</translation>
    </message>
    <message>
        <source>Patches of each crop whose latents are computed once and kept on disk; 0 computes them at every step. Full size only.</source>
        <translation>每个裁剪块中只计算一次潜变量并保存到磁盘的图像块数；0 表示每步都重新计算。仅用于完整尺寸的模型。</translation>
    </message>
    <message>
        <source>Patches per step and process.</source>
        <translation>每步每个进程的图像块数。</translation>
    </message>
    <message>
        <source>Peer</source>
        <translation>参照程序</translation>
    </message>
    <message>
        <source>Peer lpips</source>
        <translation>参照程序的 LPIPS</translation>
    </message>
    <message>
        <source>Peer share</source>
        <translation>参照程序的占比</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Pixel</source>
        <translation>像素损失</translation>
    </message>
    <message>
        <source>Power p of the adaptive weight 1 / (loss + c)^p; 0 switches it off.</source>
        <translation>自适应权重 1 / (loss + c)^p 的幂次 p；0 表示关闭。</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Sampling shift</source>
        <translation>采样偏移</translation>
    </message>
    <message>
        <source>Share of patches drawn from crops with the damage of a camera, the others from everyday damage; 0 draws crops as they come.</source>
        <translation>从带有相机退化的裁剪中抽取的图块所占比例，其余来自日常退化；0 表示按裁剪原样抽取。</translation>
    </message>
    <message>
        <source>Side of a training patch in the large picture, pixels; at most `crop_px`.</source>
        <translation>大图中训练图像块的边长，单位为像素；不超过 `crop_px`。</translation>
    </message>
    <message>
        <source>The action for a file that exists must be one of %1, not "%2".</source>
        <translation>文件已存在时的处理方式必须是 %1 之一，不能是“%2”。</translation>
    </message>
    <message>
        <source>The autoencoder in %1/ cannot be loaded. %2</source>
        <translation>无法加载 %1/ 中的自编码器。%2</translation>
    </message>
    <message>
        <source>The configuration of the autoencoder in %1 cannot be used: %2</source>
        <translation>无法使用 %1 中自编码器的配置：%2</translation>
    </message>
    <message>
        <source>The connection to the hub is not trusted: its certificate cannot be checked. If this network asks you to log in, do so in a browser. If your company or a virus scanner looks into connections, name the file of its certificates in SSL_CERT_FILE. Check the date of this computer too, then pull again.</source>
        <translation>与 Hub 的连接不可信：无法核对其证书。如果此网络要求登录，请先在浏览器中登录。如果公司或杀毒软件会检查连接，请在 SSL_CERT_FILE 中指明其证书文件。也请检查本机的日期，然后重新拉取。</translation>
    </message>
    <message>
        <source>The first student, in pixel space: one step. The decoder of the bundled codec starts as it.</source>
        <translation>最初的学生，在像素空间中：一步完成。随附编解码器的解码器由它开始。</translation>
    </message>
    <message>
        <source>The first teacher, in pixel space: many guided steps. Its student is the start of the bundled codec.</source>
        <translation>最初的教师，在像素空间中：许多引导步。它的学生是随附编解码器的起点。</translation>
    </message>
    <message>
        <source>The prompts of %1 have %2 values, but its network needs %3. They do not belong together.</source>
        <translation>%1 的提示词有 %2 个值，但其网络需要 %3 个。它们不匹配。</translation>
    </message>
    <message>
        <source>The prompts of this model hold values that are not finite numbers. Get the model again.</source>
        <translation>此模型的提示词含有非有限数值。请重新获取该模型。</translation>
    </message>
    <message>
        <source>The recipe %1 has %2 wrong fields: %3.</source>
        <translation>配方 %1 有 %2 个错误字段：%3。</translation>
    </message>
    <message>
        <source>The recipe %1 has a wrong field %2.</source>
        <translation>配方 %1 有错误字段 %2。</translation>
    </message>
    <message>
        <source>The recipe %1 makes a codec, not a model. Write it into a folder with -o, and name that as network.codec in a teacher's recipe.</source>
        <translation>配方 %1 生成的是编解码器，不是模型。请用 -o 将其写入文件夹，并在教师的配方中以 network.codec 指明它。</translation>
    </message>
    <message>
        <source>The result of %1 (%2 x %3 pixels) does not fit into memory. Close other programs, or ask for a smaller size.</source>
        <translation>%1 的结果（%2 x %3 像素）放不进内存。请关闭其他程序，或选择更小的尺寸。</translation>
    </message>
    <message>
        <source>The result of %1 does not fit into memory. Close other programs, or ask for a smaller size.</source>
        <translation>%1 的结果放不进内存。请关闭其他程序，或选择更小的尺寸。</translation>
    </message>
    <message>
        <source>The teacher of the bundled student: many guided steps where the student takes one. For distilling, and for comparing.</source>
        <translation>附带学生模型的教师：学生一步完成之处，它走许多带引导的步。用于蒸馏和比较。</translation>
    </message>
    <message>
        <source>The teacher of the bundled student: many steps where the student takes one. For distilling, and for comparing.</source>
        <translation>随附学生的教师：学生走一步之处，它走许多步。用于蒸馏和比较。</translation>
    </message>
    <message>
        <source>The teacher's prompts are not encoded yet. Encode them, or continue without.</source>
        <translation>教师模型的提示词尚未编码。请编码，或不编码继续。</translation>
    </message>
    <message>
        <source>The text encoders run once, for some minutes, and need about %1 of memory.</source>
        <translation>文本编码器只需运行一次，历时几分钟，约需 %1 内存。</translation>
    </message>
    <message>
        <source>The weights %1 do not fit %2: %3.</source>
        <translation>权重 %1 与 %2 不符：%3。</translation>
    </message>
    <message>
        <source>The weights %1 hold values that are not finite numbers. Get the model again.</source>
        <translation>权重 %1 含有非有限数值。请重新获取该模型。</translation>
    </message>
    <message>
        <source>The weights of the autoencoder in %1 do not fit its configuration: %2.</source>
        <translation>%1 中自编码器的权重与其配置不符：%2。</translation>
    </message>
    <message>
        <source>There is no number "%1" in the recipe. %2</source>
        <translation>配方中没有数值“%1”。%2</translation>
    </message>
    <message>
        <source>There is no such field</source>
        <translation>没有这个字段</translation>
    </message>
    <message>
        <source>There is no such field (did you mean %1?)</source>
        <translation>没有这个字段（您是指 %1 吗？）</translation>
    </message>
    <message>
        <source>These crops are not of both kinds of damage, so that data.camera_share has nothing to choose from. Set it to 0, or data.degradation = "everyday".</source>
        <translation>这些裁剪并非两种退化都有，因此 data.camera_share 无从选择。请将其设为 0，或设 data.degradation = "everyday"。</translation>
    </message>
    <message>
        <source>They are gated: the hub asks for a free account that accepted this licence.</source>
        <translation>它们需要授权：模型库要求使用已接受此许可的免费账户。</translation>
    </message>
    <message>
        <source>They must be fetched first: at least %1, under the %2.</source>
        <translation>需要先下载它们：至少 %1，许可为 %2。</translation>
    </message>
    <message>
        <source>Threads to upscale with on the processor; 0 is one for each core. Counts from the next start.</source>
        <translation>处理器用于放大的线程数；0 表示每个核心一个。下次启动时生效。</translation>
    </message>
    <message>
        <source>Training on what the eye sees needs the weights of LPIPS and DISTS. Without them the student is softer. They are fetched once: mfsr distill fetch</source>
        <translation>按人眼所见进行训练需要 LPIPS 和 DISTS 的权重。没有它们，学生模型会更模糊。只需获取一次：mfsr distill fetch</translation>
    </message>
    <message>
        <source>What answered for %1 of %2 is not the hub. If this network asks you to log in, do so in a browser, then pull again.</source>
        <translation>应答 %2 的 %1 的不是 Hub。如果此网络要求登录，请先在浏览器中登录，然后重新拉取。</translation>
    </message>
    <message>
        <source>What guidance leads away from: the teacher's negative prompt, or its null prompt, as of no text at all.</source>
        <translation>引导要远离的提示词：教师模型的负向提示词，或其空提示词（即没有任何文字）。</translation>
    </message>
    <message>
        <source>Where to compute. Automatic is a graphics card that works, else the processor.</source>
        <translation>计算设备。“自动”选用可用的显卡，否则选用处理器。</translation>
    </message>
    <message>
        <source>Whether it predicts a mean and a deviation for every value instead of the value; without, it learns nothing near the data.</source>
        <translation>网络是否对每个值预测均值和标准差，而不是直接预测该值；关闭时，它在接近数据的时刻学不到东西。</translation>
    </message>
    <message>
        <source>With a network that is shared out (run.shard) a student cannot take steps of its own before it is judged. Set objective.end_point.rollout_share = 0.</source>
        <translation>使用分片的网络 (run.shard) 时，学生模型不能在评判前自行推演。请设置 objective.end_point.rollout_share = 0。</translation>
    </message>
    <message>
        <source>With streaming nothing is kept on disk: set latent_patches, peer_share and camera_share to 0, or streaming = false</source>
        <translation>流式处理时磁盘上不保留任何内容：请将 latent_patches、peer_share 和 camera_share 设为 0，或设 streaming = false</translation>
    </message>
    <message>
        <source>Preparing training crops</source>
        <translation>正在准备训练裁剪块</translation>
    </message>
    <message>
        <source> JPEG files of a quality below %1: %2.</source>
        <translation> 质量低于 %1 的 JPEG 文件：%2 个。</translation>
    </message>
    <message>
        <source>%1 % of the picture was left alone and only enlarged.</source>
        <translation>图片的 %1 % 保持原样，仅作放大。</translation>
    </message>
    <message>
        <source>%1 % of the picture was made with a fidelity of %2 %.</source>
        <translation>图片的 %1 % 以 %2 % 的保真度生成。</translation>
    </message>
    <message>
        <source>%1 and its small picture do not fit: %2 x %3 and %4 x %5 pixels. The small one must be a quarter as wide and high, or as large.</source>
        <translation>%1 与它的小图不匹配：%2 x %3 和 %4 x %5 像素。小图的宽和高必须是它的四分之一，或与它一样大。</translation>
    </message>
    <message>
        <source>%1 cannot be read (%2). Get a complete copy of the shard.</source>
        <translation>无法读取 %1（%2）。请取得该分片的完整副本。</translation>
    </message>
    <message>
        <source>%1 cannot be read (%2). It must be text in UTF-8.</source>
        <translation>无法读取 %1（%2）。它必须是 UTF-8 文本。</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2. Free space or permit writing there, and try again.</source>
        <translation>无法写入 %1：%2。请腾出空间或允许写入该处，然后重试。</translation>
    </message>
    <message>
        <source>%1 exists already. Replace it with --overwrite, or say with --if-exists what to do instead.</source>
        <translation>%1 已存在。请用 --overwrite 替换，或用 --if-exists 指定其他处理方式。</translation>
    </message>
    <message>
        <source>%1 has no best checkpoint: it is kept where the recipe has photographs for validation (data.validation_share). Take the newest, or name a step.</source>
        <translation>%1 没有最佳检查点：只有当配方留有验证照片（data.validation_share）时才会保留。请取最新的，或指定一个步数。</translation>
    </message>
    <message>
        <source>%1 has no checkpoint of step %2. There are: %3.</source>
        <translation>%1 没有第 %2 步的检查点。现有：%3。</translation>
    </message>
    <message>
        <source>%1 holds %2 and not floating-point numbers</source>
        <translation>%1 存放的是 %2，而不是浮点数</translation>
    </message>
    <message>
        <source>%1 holds no model: neither %2 nor transformer/. Give the folder that holds one of them.</source>
        <translation>%1 中没有模型：既没有 %2 也没有 transformer/。请指定包含其中之一的文件夹。</translation>
    </message>
    <message>
        <source>%1 holds something that is no model, and is left as it is. Name another folder.</source>
        <translation>%1 中的内容不是模型，已保持原样。请指定其他文件夹。</translation>
    </message>
    <message>
        <source>%1 is above %2</source>
        <translation>%1 大于 %2</translation>
    </message>
    <message>
        <source>%1 is no tar file that can be read (%2). Get a complete copy of the shard.</source>
        <translation>%1 不是可读取的 tar 文件（%2）。请取得该分片的完整副本。</translation>
    </message>
    <message>
        <source>%1 is not a finite number</source>
        <translation>%1 不是有限数值</translation>
    </message>
    <message>
        <source>%1 is not empty. Name a new folder, or add --overwrite to replace a model.</source>
        <translation>%1 不是空文件夹。请指定新文件夹，或加上 --overwrite 以替换模型。</translation>
    </message>
    <message>
        <source>%1 is of a family that cannot be distilled. Choose another teacher.</source>
        <translation>%1 所属的系列无法蒸馏。请选择其他教师模型。</translation>
    </message>
    <message>
        <source>%1 must be a whole number from 1 to %2, not %3</source>
        <translation>%1 必须是 1 到 %2 的整数，而不是 %3</translation>
    </message>
    <message>
        <source>%1 photographs can be used. JPEG files of a quality below %2: %3.</source>
        <translation>可用照片 %1 张。质量低于 %2 的 JPEG 文件：%3 个。</translation>
    </message>
    <message>
        <source>%1 photographs can be used; left out: %2. JPEG files of a quality below %3: %4.</source>
        <translation>可用照片 %1 张；已排除：%2。质量低于 %3 的 JPEG 文件：%4 个。</translation>
    </message>
    <message>
        <source>%1 quarter turns</source>
        <translation>%1 次四分之一旋转</translation>
    </message>
    <message>
        <source>%1 takes a guidance of %2 or more, not %3.</source>
        <translation>%1 的引导强度须不低于 %2，不能是 %3。</translation>
    </message>
    <message>
        <source>%1 too strongly compressed</source>
        <translation>压缩过强 %1 张</translation>
    </message>
    <message>
        <source>%1 was not upscaled; something went wrong inside the program (%2). Try another copy of the file; if that fails too, report it.</source>
        <translation>%1 未能放大；程序内部出错（%2）。请换用该文件的另一份副本；若仍失败，请报告此问题。</translation>
    </message>
    <message>
        <source>A codec gives no picture by itself that could be compared: set data.validation_share = 0.</source>
        <translation>编解码器本身不给出可供比较的图片：请设置 data.validation_share = 0。</translation>
    </message>
    <message>
        <source>A mask of shape %1 does not fit a picture of %2.</source>
        <translation>形状为 %1 的蒙版与 %2 的图片不符。</translation>
    </message>
    <message>
        <source>A model that enlarges %1 times can be run once, not %2 times. Choose one pass, or a model of 4 times.</source>
        <translation>放大 %1 倍的模型只能运行一遍，不能运行 %2 遍。请选择一遍，或选用放大 4 倍的模型。</translation>
    </message>
    <message>
        <source>A picture can be reduced to 5 to 100 percent, not %1.</source>
        <translation>图片可以缩小到 5% 到 100%，不能是 %1。</translation>
    </message>
    <message>
        <source>A picture can be straightened by -45 to 45 degrees, not %1.</source>
        <translation>图片只能校正 -45 到 45 度，不能是 %1 度。</translation>
    </message>
    <message>
        <source>Alpha steps</source>
        <translation>过渡步数</translation>
    </message>
    <message>
        <source>Attention keys of the low-resolution tokens. With a DiT4SR q or f teacher, keys of their own do not start as the teacher's.</source>
        <translation>低分辨率标记的注意力键。若教师为 DiT4SR q 或 f，自有的键与教师的起点不同。</translation>
    </message>
    <message>
        <source>Autocast precision. Automatic is the fastest on this computer, measured when the run begins and kept with it.</source>
        <translation>自动混合精度。“自动”为本机上最快的精度，在训练开始时测得，并随该次训练保留。</translation>
    </message>
    <message>
        <source>Best by</source>
        <translation>最佳的依据</translation>
    </message>
    <message>
        <source>Cannot keep the checkpoint of step %1 as the best: %2. Make room in %3.</source>
        <translation>无法将第 %1 步的检查点保留为最佳：%2。请在 %3 中腾出空间。</translation>
    </message>
    <message>
        <source>Cannot read training crops from %1 (%2). If the file is damaged, delete %3 and start again.</source>
        <translation>无法从 %1 读取训练裁剪块（%2）。如果文件已损坏，请删除 %3 后重新开始。</translation>
    </message>
    <message>
        <source>Cannot write captions to %1: %2. What is done is kept; make room and start again.</source>
        <translation>无法将说明写入 %1：%2。已完成的部分会保留；请腾出空间后重新开始。</translation>
    </message>
    <message>
        <source>Cannot write the training crops to %1: %2. What is done is kept; make room there and start again, or take another folder.</source>
        <translation>无法将训练裁剪块写入 %1：%2。已完成的部分会保留；请在那里腾出空间后重新开始，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>Caption null share</source>
        <translation>空提示词比例</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>说明文字</translation>
    </message>
    <message>
        <source>Captions cannot be encoded: %1. Or set data.captions = false.</source>
        <translation>无法编码说明文字：%1。或者设置 data.captions = false。</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>通道数</translation>
    </message>
    <message>
        <source>Channels inside of the encoder; `network` has the decoder's shape.</source>
        <translation>编码器内部的通道数；解码器的形状由 `network` 决定。</translation>
    </message>
    <message>
        <source>Codec</source>
        <translation>编解码器</translation>
    </message>
    <message>
        <source>Ema widths</source>
        <translation>平均权重的宽度</translation>
    </message>
    <message>
        <source>Encoder blocks</source>
        <translation>编码器块数</translation>
    </message>
    <message>
        <source>Encoder width</source>
        <translation>编码器宽度</translation>
    </message>
    <message>
        <source>Encoding captions</source>
        <translation>正在编码说明文字</translation>
    </message>
    <message>
        <source>Enlargement</source>
        <translation>放大倍数</translation>
    </message>
    <message>
        <source>Fetching the weights of LPIPS and DISTS</source>
        <translation>正在获取 LPIPS 和 DISTS 的权重</translation>
    </message>
    <message>
        <source>Fidelity %1 was chosen: noise %2, blocks %3 of 255.</source>
        <translation>已选用保真度 %1：噪声 %2，块效应 %3（满值 255）。</translation>
    </message>
    <message>
        <source>Folder that holds the `codec/` of a conditional latent, in which the flow lives then, relative to the recipe; if not given, it lives in the difference from the enlarged picture.</source>
        <translation>含有条件潜变量 `codec/` 的文件夹，相对于配方，流在其中进行；若未给出，流在与放大图片的差值中进行。</translation>
    </message>
    <message>
        <source>Guidance must be %1 to %2, not %3.</source>
        <translation>引导强度必须在 %1 到 %2 之间，不能是 %3。</translation>
    </message>
    <message>
        <source>How often the model is run, 1 or 2.</source>
        <translation>模型运行的遍数，1 或 2。</translation>
    </message>
    <message>
        <source>How the target is had: the MeanFlow identity with du/dt exact (jvp) or as a one-sided difference (secant), or another equation of the same flow. Automatic is exact for networks without attention, the secant for others.</source>
        <translation>目标的求法：平均速度恒等式，其中 du/dt 精确求得或用单侧差分，或同一流的其他方程。“自动”对没有注意力的网络用精确导数，对其他网络用割线。</translation>
    </message>
    <message>
        <source>Information of the latent aimed at, in nats for each pixel of the input. With little, every draw decodes to a good picture.</source>
        <translation>潜变量的目标信息量，以每个输入像素的奈特数计。信息量小时，每次抽样都能解码成好图片。</translation>
    </message>
    <message>
        <source>Largest absolute value of the target's difference from v, which is (t - r) du/dt in the MeanFlow identity.</source>
        <translation>目标与 v 之差的最大绝对值；在 MeanFlow 恒等式中即 (t - r) du/dt。</translation>
    </message>
    <message>
        <source>Least jpeg quality</source>
        <translation>最低 JPEG 质量</translation>
    </message>
    <message>
        <source>Least quality, estimated from the file's own tables, of JPEG photographs that a scan lets pass; 0 takes all.</source>
        <translation>检查时允许通过的 JPEG 照片的最低质量，由文件自身的量化表估计；0 表示全部接受。</translation>
    </message>
    <message>
        <source>Length in time of the finite step of secant, rcgm and midpoint.</source>
        <translation>使用有限步的目标在时间上的步长。</translation>
    </message>
    <message>
        <source>Line %1 of %2 is no object with "file_name" and "caption", as in {"file_name": "harbour.jpg", "caption": "boats in a harbor"}.</source>
        <translation>%2 的第 %1 行不是含有 "file_name" 和 "caption" 的对象，例如 {"file_name": "harbour.jpg", "caption": "boats in a harbor"}。</translation>
    </message>
    <message>
        <source>Losses on the decoded picture. A peer's results judge what was decoded from noise.</source>
        <translation>解码图片上的损失。由噪声解码的图片以另一程序的结果评判。</translation>
    </message>
    <message>
        <source>Model folder of a student in pixel space, relative to the recipe, whose one step the decoder starts as; it starts from nothing if not given.</source>
        <translation>像素空间学生模型的文件夹，相对于配方，解码器从它的一步开始；若未给出，则从零开始。</translation>
    </message>
    <message>
        <source>Model folder of an earlier student to continue from, relative to the recipe; a student starts as its teacher if not given. At full size that may also be a published student, or one trained as a LoRA, whose additions are part of its weights.</source>
        <translation>作为起点的早先学生的模型文件夹，相对于配方；不填则学生从教师开始。完整尺寸时也可以是已发布的学生，或以 LoRA 训练的学生，其附加部分已并入权重。</translation>
    </message>
    <message>
        <source>Nats</source>
        <translation>奈特数</translation>
    </message>
    <message>
        <source>Nothing is left of the picture by this crop. Choose a larger part.</source>
        <translation>这样裁剪后图片什么也不剩。请选择更大的部分。</translation>
    </message>
    <message>
        <source>Of %1 photographs that were drawn none can be read and has %2 pixels on both sides. Set data.scan = true to leave such out.</source>
        <translation>抽取的 %1 张照片中，没有一张能读取且两边都达到 %2 像素。请设置 data.scan = true 以排除这些照片。</translation>
    </message>
    <message>
        <source>Only a student of a full-size teacher takes captions: set data.captions = false.</source>
        <translation>只有全尺寸教师模型的学生才能使用说明文字：请设置 data.captions = false。</translation>
    </message>
    <message>
        <source>Other programs keep %1 % of the processor busy. When they are done, training is faster; measure again then.</source>
        <translation>其他程序占用了处理器的 %1 %。它们结束后训练会更快，届时请重新测量。</translation>
    </message>
    <message>
        <source>PNG, JPEG, WebP, TIFF, AVIF, HEIC, JPEG XL, JPEG 2000, BMP or GIF</source>
        <translation>PNG、JPEG、WebP、TIFF、AVIF、HEIC、JPEG XL、JPEG 2000、BMP 或 GIF</translation>
    </message>
    <message>
        <source>Passes must be 1 to %1, not %2.</source>
        <translation>遍数必须为 1 到 %1，不能是 %2。</translation>
    </message>
    <message>
        <source>Patches per photo</source>
        <translation>每张照片的图像块数</translation>
    </message>
    <message>
        <source>Positions in the metadata, such as faces and the point in focus, do not fit a cropped picture and were left out.</source>
        <translation>元数据中的位置（例如人脸和对焦点）不适用于裁剪后的图片，已省略。</translation>
    </message>
    <message>
        <source>Precision of the arithmetic. Automatic is the fastest that computes correctly here.</source>
        <translation>运算精度。“自动”选用在本机能正确计算的最快精度。</translation>
    </message>
    <message>
        <source>Preparing validation pictures</source>
        <translation>正在准备验证图像</translation>
    </message>
    <message>
        <source>Prior share</source>
        <translation>先验份额</translation>
    </message>
    <message>
        <source>Project of Weights &amp; Biases that curves and previews are sent to, as its own settings say; empty sends nothing anywhere.</source>
        <translation>曲线和预览要发送到的 Weights &amp; Biases 项目，按其自身设置进行；留空则不向任何地方发送。</translation>
    </message>
    <message>
        <source>Putting the model together</source>
        <translation>正在组装模型</translation>
    </message>
    <message>
        <source>Quality must be 1 to 100, not %1.</source>
        <translation>质量必须在 1 到 100 之间，不能是 %1。</translation>
    </message>
    <message>
        <source>Rank of the low-rank additions.</source>
        <translation>低秩附加部分的秩。</translation>
    </message>
    <message>
        <source>Residual blocks of the encoder.</source>
        <translation>编码器的残差块数。</translation>
    </message>
    <message>
        <source>Residual blocks.</source>
        <translation>残差块的数量。</translation>
    </message>
    <message>
        <source>Rollout share</source>
        <translation>自行推演比例</translation>
    </message>
    <message>
        <source>SMFSR is under the Apache License 2.0; it was made from DiT4SR, whose authors allow non-commercial use only (Pi-Lab License 1.0), and its null prompt is DiT4SR's.</source>
        <translation>SMFSR 采用 Apache License 2.0；它由 DiT4SR 制成，而 DiT4SR 的作者仅允许非商业用途（Pi-Lab License 1.0），且它的空提示词来自 DiT4SR。</translation>
    </message>
    <message>
        <source>Samples of the batch they are computed on.</source>
        <translation>用于计算的批次样本数。</translation>
    </message>
    <message>
        <source>Samples that distance is computed on; it costs several times what the network does.</source>
        <translation>用于计算该距离的样本数；其开销是网络的数倍。</translation>
    </message>
    <message>
        <source>Sampling steps; none is what the model was made for.</source>
        <translation>采样步数；不指定则使用模型的设计步数。</translation>
    </message>
    <message>
        <source>Saving a checkpoint and a preview</source>
        <translation>正在保存检查点和预览</translation>
    </message>
    <message>
        <source>Scale w of the teacher's guidance; 1 is the positive prompt alone.</source>
        <translation>教师模型的引导强度 w；1 表示只用正向提示词。</translation>
    </message>
    <message>
        <source>Scan</source>
        <translation>预先检查</translation>
    </message>
    <message>
        <source>Secant step</source>
        <translation>割线步长</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Seed of data, noise and initial weights.</source>
        <translation>数据、噪声和初始权重的种子。</translation>
    </message>
    <message>
        <source>Seed of the noise.</source>
        <translation>噪声的种子。</translation>
    </message>
    <message>
        <source>Shard</source>
        <translation>分片</translation>
    </message>
    <message>
        <source>Shard across</source>
        <translation>分片范围</translation>
    </message>
    <message>
        <source>Share of LPIPS that is measured against that result rather than the truth, where the crops have one.</source>
        <translation>在裁块带有该结果之处，以它而非真值计算的 LPIPS 所占的比例。</translation>
    </message>
    <message>
        <source>Share of patches drawn from where the crops have another upscaler's results beside them.</source>
        <translation>从带有另一放大程序结果的裁块中抽取的图块比例。</translation>
    </message>
    <message>
        <source>Share of samples that are decoded from noise instead of from the picture's own latent, so that any noise gives a good picture.</source>
        <translation>由噪声而不是由图片自身潜变量解码的样本份额，使任何噪声都给出好图片。</translation>
    </message>
    <message>
        <source>Share of samples whose target is a worse picture, under the "degraded" prompt.</source>
        <translation>在“degraded”提示词下以较差图像为目标的样本比例。</translation>
    </message>
    <message>
        <source>Share of samples with r = 0, t = 1: the one-step case.</source>
        <translation>r = 0、t = 1 的样本比例，即一步生成的情形。</translation>
    </message>
    <message>
        <source>Share of samples with r = t.</source>
        <translation>r = t 的样本比例。</translation>
    </message>
    <message>
        <source>Share of samples with the null prompt.</source>
        <translation>使用空提示词的样本比例。</translation>
    </message>
    <message>
        <source>Share of the photographs (by file) kept for validation; 0 keeps none, and there is then no validation curve.</source>
        <translation>留作验证的照片比例（按文件）；0 表示不留，此时没有验证曲线。</translation>
    </message>
    <message>
        <source>Share of uses in which the student first takes some steps itself and is judged from there, so that more steps refine.</source>
        <translation>学生模型先自行走若干步、再从所到之处接受评判的使用比例，使更多步数能带来更精细的结果。</translation>
    </message>
    <message>
        <source>Shift of the times at which the finished student is sampled, if not that of the rollouts.</source>
        <translation>训练完成后学生模型采样所用的时间偏移；不填则与训练时评判的多步采样相同。</translation>
    </message>
    <message>
        <source>Shift of the times of these rollouts; below 1 the first step is long and the last ones refine.</source>
        <translation>这些多步采样的时间偏移；小于 1 时第一步较长，后面的步用于细化。</translation>
    </message>
    <message>
        <source>Side of the crops cut from the photographs, pixels.</source>
        <translation>从照片中裁剪的块的边长，像素。</translation>
    </message>
    <message>
        <source>Size of the saved file.</source>
        <translation>保存文件的尺寸。</translation>
    </message>
    <message>
        <source>Some settings were not understood: %1. Defaults stand in; %2.</source>
        <translation>有些设置无法识别：%1。已用默认值代替；%2。</translation>
    </message>
    <message>
        <source>Something went wrong inside the program (%1: %2). Try again; if it happens again, copy the details and report them.</source>
        <translation>程序内部出错（%1：%2）。请重试；如果再次出现，请复制详细信息并报告。</translation>
    </message>
    <message>
        <source>Stable Diffusion 3.5 Medium is under the Stability AI Community License: free for research and non-commercial use, and for commercial use by people and organisations below one million US dollars of yearly revenue.</source>
        <translation>Stable Diffusion 3.5 Medium 采用 Stability AI Community License：研究和非商业用途免费；年收入低于一百万美元的个人和组织可免费用于商业用途。</translation>
    </message>
    <message>
        <source>Standard deviation of the logit of t.</source>
        <translation>t 的 logit 标准差。</translation>
    </message>
    <message>
        <source>Standard deviation of the logit.</source>
        <translation>logit 的标准差。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Steps between two lines of metrics.</source>
        <translation>两行指标之间的步数。</translation>
    </message>
    <message>
        <source>Steps between two uses of that distance, whose weight is for the steps that use it.</source>
        <translation>两次使用该距离之间的步数；其权重针对使用它的步。</translation>
    </message>
    <message>
        <source>Steps between two uses of the MeanFlow loss; more than 1 only beside end_point losses of every step.</source>
        <translation>两次使用 MeanFlow 损失之间的步数；只有每步都使用 end_point 损失时才能大于 1。</translation>
    </message>
    <message>
        <source>Steps between two uses.</source>
        <translation>两次使用之间的步数。</translation>
    </message>
    <message>
        <source>Steps must be 1 to 100, not %1.</source>
        <translation>步数必须在 1 到 100 之间，不能是 %1。</translation>
    </message>
    <message>
        <source>Steps of linear warm-up.</source>
        <translation>线性预热的步数。</translation>
    </message>
    <message>
        <source>Steps over which the derivative's part of the target grows from 0 to its full size.</source>
        <translation>目标中的导数部分从 0 增长到完整大小所用的步数。</translation>
    </message>
    <message>
        <source>Steps over which the share of alphaflow falls from 1, plain flow matching, to 0.005, nearly the MeanFlow identity.</source>
        <translation>该目标的份额从 1（普通流匹配）降到 0.005（近似恒等式）所用的步数。</translation>
    </message>
    <message>
        <source>Stopped at step %1. The checkpoint is saved; start again to go on.</source>
        <translation>已在第 %1 步停止。检查点已保存；重新开始即可继续。</translation>
    </message>
    <message>
        <source>Stopped. Nothing was written.</source>
        <translation>已停止。未写入任何内容。</translation>
    </message>
    <message>
        <source>Streaming</source>
        <translation>流式处理</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>简介</translation>
    </message>
    <message>
        <source>Tangent clamp</source>
        <translation>切线截断</translation>
    </message>
    <message>
        <source>Tangent normalised</source>
        <translation>切线归一化</translation>
    </message>
    <message>
        <source>Tangent warmup steps</source>
        <translation>切线预热步数</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>教师模型</translation>
    </message>
    <message>
        <source>Teacher of many guided steps, the revised version in which the low-resolution branch has keys of its own.</source>
        <translation>多步带引导的教师模型，修订版，其低分辨率分支有自己的注意力键。</translation>
    </message>
    <message>
        <source>Teacher of many guided steps, trained on all photographs: less detail than q, closer to the input.</source>
        <translation>多步带引导的教师模型，用全部照片训练：细节比 q 少，更接近输入。</translation>
    </message>
    <message>
        <source>Teacher of many guided steps, trained on texture-rich photographs: the most detail, the least faithful.</source>
        <translation>多步带引导的教师模型，用纹理丰富的照片训练：细节最多，忠实度最低。</translation>
    </message>
    <message>
        <source>Text encoders of Stable Diffusion 3.5 Medium (only to encode prompts)</source>
        <translation>Stable Diffusion 3.5 Medium 的文本编码器（仅用于编码提示词）</translation>
    </message>
    <message>
        <source>The %1 and was left out.</source>
        <translation>%1，已舍弃。</translation>
    </message>
    <message>
        <source>The %1 encoder refused the picture (%2). Choose PNG or TIFF.</source>
        <translation>%1 编码器拒绝了该图像（%2）。请选择 PNG 或 TIFF。</translation>
    </message>
    <message>
        <source>The AVIF encoder made cells that do not belong together. Choose PNG or TIFF.</source>
        <translation>AVIF 编码器生成的分块互不匹配。请选择 PNG 或 TIFF。</translation>
    </message>
    <message>
        <source>The CMYK colours were converted to RGB without a profile, which is only approximate.</source>
        <translation>CMYK 颜色在没有配置文件的情况下转换为 RGB，只是近似结果。</translation>
    </message>
    <message>
        <source>The CMYK colours were converted to sRGB through the file's own profile.</source>
        <translation>CMYK 颜色已通过文件自带的配置文件转换为 sRGB。</translation>
    </message>
    <message>
        <source>The EXIF record is damaged and was left out.</source>
        <translation>EXIF 记录已损坏，已舍弃。</translation>
    </message>
    <message>
        <source>The JPEG's blocks (quality %1) were smoothed before the model saw them.</source>
        <translation>这个 JPEG 的色块（质量 %1）在交给模型之前已被平滑。</translation>
    </message>
    <message>
        <source>The LAB colours were converted to sRGB.</source>
        <translation>LAB 颜色已转换为 sRGB。</translation>
    </message>
    <message>
        <source>The areas in %1 have %2 x %3 pixels, but %4 has %5 x %6. Paint them on a copy of the same size.</source>
        <translation>%1 中的区域为 %2 x %3 像素，而 %4 为 %5 x %6。请在同样大小的副本上绘制。</translation>
    </message>
    <message>
        <source>The autoencoder has %1 channels and a factor of %2, but the transformer needs %3 and the card says %4. They do not belong together.</source>
        <translation>自编码器有 %1 个通道、倍数为 %2，但 Transformer 需要 %3，模型卡中为 %4。它们不匹配。</translation>
    </message>
    <message>
        <source>The autoencoder in %1 cannot be loaded: %2</source>
        <translation>无法加载 %1 中的自编码器：%2</translation>
    </message>
    <message>
        <source>The autoencoder in %1/ cannot be loaded: %2</source>
        <translation>无法加载 %1/ 中的自编码器：%2</translation>
    </message>
    <message>
        <source>The autoencoder in %1/ lacks %2. Get it again.</source>
        <translation>%1/ 中的自编码器缺少 %2。请重新获取。</translation>
    </message>
    <message>
        <source>The autoencoder is on the device only while it works.</source>
        <translation>自编码器只在工作时位于设备上。</translation>
    </message>
    <message>
        <source>The autoencoder works on pieces of %1 pixels, to save memory.</source>
        <translation>为节省内存，自编码器每次处理 %1 像素的部分。</translation>
    </message>
    <message>
        <source>The caption was left out: %1.</source>
        <translation>已忽略图片说明：%1。</translation>
    </message>
    <message>
        <source>The caption was read from %1.</source>
        <translation>已从 %1 读取图片说明。</translation>
    </message>
    <message>
        <source>The card of %1 asks for a guidance of %2; its family takes %3 or more.</source>
        <translation>%1 的模型卡要求引导强度为 %2；其系列只接受不低于 %3 的值。</translation>
    </message>
    <message>
        <source>The card of %1 has a codec of factor %2, which needs %3 channels and %4 of the condition, but its network has %5 and %6. They do not belong together.</source>
        <translation>%1 的卡片所述编解码器的倍数为 %2，需要 %3 个通道和 %4 个条件通道，但其网络有 %5 个和 %6 个。二者不相配。</translation>
    </message>
    <message>
        <source>The card of %1 has no codec, which a model of its family needs. Correct the card.</source>
        <translation>%1 的模型卡没有编解码器，而此系列的模型需要它。请更正模型卡。</translation>
    </message>
    <message>
        <source>The catalogue has no "%1". It has %2.</source>
        <translation>模型目录中没有“%1”。其中有 %2。</translation>
    </message>
    <message>
        <source>The catalogue knows no prompts for %1. Give one with `--text`.</source>
        <translation>模型目录中没有 %1 的提示词。请用 `--text` 指定。</translation>
    </message>
    <message>
        <source>The catalogue knows no variant "%1". Known are %2.</source>
        <translation>模型目录中没有版本“%1”。已知的有 %2。</translation>
    </message>
    <message>
        <source>The checkpoint %1 cannot be read. Choose another one.</source>
        <translation>无法读取检查点 %1。请选择另一个。</translation>
    </message>
    <message>
        <source>The checkpoint in %1 does not fit this recipe (%2). Take the recipe it was made with, or another folder.</source>
        <translation>%1 中的检查点与此配方不符（%2）。请使用生成它的配方，或其他文件夹。</translation>
    </message>
    <message>
        <source>The codec in %1 has %2 channels and factor %3, but the card says %4 and %5. They do not belong together.</source>
        <translation>%1 中的编解码器有 %2 个通道、倍数为 %3，但卡片上写的是 %4 和 %5。二者不相配。</translation>
    </message>
    <message>
        <source>The colour profile does not fit the picture and was left out.</source>
        <translation>颜色配置文件与图像不符，已舍弃。</translation>
    </message>
    <message>
        <source>The colour profile of a JPEG XL cannot be read, so colours may be wrong. Save the picture as PNG or TIFF with another program if they are.</source>
        <translation>无法读取 JPEG XL 的颜色配置文件，颜色可能有误。若确实有误，请用其他程序将图片另存为 PNG 或 TIFF。</translation>
    </message>
    <message>
        <source>The colours of %1 of %2 tiles are far from the input's.</source>
        <translation>%2 个图块中有 %1 个的颜色与输入相差很大。</translation>
    </message>
    <message>
        <source>The condition is %1 and the state %2; this model needs both of one size.</source>
        <translation>条件为 %1，状态为 %2；此模型要求两者尺寸相同。</translation>
    </message>
    <message>
        <source>The configuration %1 cannot be used: %2</source>
        <translation>无法使用配置 %1：%2</translation>
    </message>
    <message>
        <source>The connection to the hub failed (%1). Check the network and pull again; it continues where it stopped.</source>
        <translation>与 Hub 的连接失败（%1）。请检查网络后重新拉取；将从中断处继续。</translation>
    </message>
    <message>
        <source>The disk is full. Free some space and pull again; it continues where it stopped.</source>
        <translation>磁盘已满。请释放一些空间后重新拉取；将从中断处继续。</translation>
    </message>
    <message>
        <source>The disk is full; %1 was not written. Free some space or choose another disk.</source>
        <translation>磁盘已满；%1 未写入。请释放一些空间或选择其他磁盘。</translation>
    </message>
    <message>
        <source>The disk of %1 has %2 free, but %3 are needed. Free some space, or set MFSR_HOME to a folder on another disk, and pull again.</source>
        <translation>%1 所在磁盘可用 %2，但需要 %3。请释放一些空间，或将 MFSR_HOME 设为其他磁盘上的文件夹，然后重新拉取。</translation>
    </message>
    <message>
        <source>The disk of %1 is full: a result of this size needs %2 GB there</source>
        <translation>%1 所在磁盘已满：这么大的结果需要 %2 GB</translation>
    </message>
    <message>
        <source>The download from %1 failed: %2. Pull again to continue.</source>
        <translation>从 %1 下载失败：%2。重新拉取即可继续。</translation>
    </message>
    <message>
        <source>The file also holds a depth map, which was left out.</source>
        <translation>文件还含有一张深度图，已略去。</translation>
    </message>
    <message>
        <source>The file also holds a gain map for HDR screens, which was left out.</source>
        <translation>文件还含有一张用于 HDR 屏幕的增益图，已略去。</translation>
    </message>
    <message>
        <source>The file holds %1 pages or frames; only the first was taken, and %2 were left out.</source>
        <translation>文件含有 %1 页或帧；只取了第一页，略去了 %2 页。</translation>
    </message>
    <message>
        <source>The file is an animation; only its first frame was taken.</source>
        <translation>该文件是动画；只取了第一帧。</translation>
    </message>
    <message>
        <source>The file that was there is kept as %1.</source>
        <translation>原来的文件已保留为 %1。</translation>
    </message>
    <message>
        <source>The first of two passes would give %1 x %2 pixels; no side may exceed %3. Choose one pass, or a smaller picture.</source>
        <translation>两遍中的第一遍会得到 %1 x %2 像素；任何一边都不能超过 %3。请选择一遍，或选用较小的图片。</translation>
    </message>
    <message>
        <source>The folder %1 holds no picture that can be read.</source>
        <translation>文件夹 %1 中没有可读取的图片。</translation>
    </message>
    <message>
        <source>The folder %1 holds only results of this program (%2). Name them one by one, or take them in with --include-results.</source>
        <translation>文件夹 %1 中只有本程序的结果（%2 张）。请逐一指定，或使用 --include-results 将其纳入。</translation>
    </message>
    <message>
        <source>The frames of this animation have more than 8 bits; the result has 8.</source>
        <translation>该动画的帧超过 8 位；结果为 8 位。</translation>
    </message>
    <message>
        <source>The hub answered %1 for %2. The catalogue may be out of date; update the program.</source>
        <translation>Hub 对 %2 的回应为 %1。模型目录可能已过时；请更新程序。</translation>
    </message>
    <message>
        <source>The hub answered with an error. Try again later.</source>
        <translation>模型库返回了错误。请稍后再试。</translation>
    </message>
    <message>
        <source>The hub cannot be reached. Check the network and sign in again.</source>
        <translation>无法连接到模型中心。请检查网络后重新登录。</translation>
    </message>
    <message>
        <source>The hub does not accept this token. Copy it again from your account, whole.</source>
        <translation>模型中心不接受此令牌。请从您的账户中重新完整复制。</translation>
    </message>
    <message>
        <source>The hub does not accept your login. Log in again with `hf auth login`, then pull again.</source>
        <translation>Hub 不接受您的登录。请用 `hf auth login` 重新登录，然后再拉取。</translation>
    </message>
    <message>
        <source>The hub has no %1, or shows it only to some. If you have access, log in with `hf auth login` and pull again.</source>
        <translation>Hub 上没有 %1，或只对部分人显示。如果您有权限，请用 `hf auth login` 登录后再拉取。</translation>
    </message>
    <message>
        <source>The hub is busy or out of order (answer %1). Pull again later; it continues.</source>
        <translation>Hub 繁忙或出现故障（回应 %1）。请稍后重新拉取；将会继续。</translation>
    </message>
    <message>
        <source>The hub is switched off by HF_HUB_OFFLINE. Unset it and pull again.</source>
        <translation>Hub 已被 HF_HUB_OFFLINE 关闭。请取消该设置后再拉取。</translation>
    </message>
    <message>
        <source>The hub refuses access to %1 (answer %2). Check there that your account may read it, log in with `hf auth login`, and pull again.</source>
        <translation>Hub 拒绝访问 %1（回应 %2）。请在那里确认您的账号有读取权限，用 `hf auth login` 登录，然后再拉取。</translation>
    </message>
    <message>
        <source>The list of weight files, %1, is damaged. Get the model again.</source>
        <translation>权重文件列表 %1 已损坏。请重新获取模型。</translation>
    </message>
    <message>
        <source>The list of weight files, %1, names files outside its folder. Do not use this model.</source>
        <translation>权重文件列表 %1 指向其文件夹之外的文件。请勿使用此模型。</translation>
    </message>
    <message>
        <source>The memory limit must be 0 or above, not %1.</source>
        <translation>内存上限必须大于或等于 0，不能是 %1。</translation>
    </message>
    <message>
        <source>The model "%1" is no longer installed. Choose another one and start again.</source>
        <translation>模型“%1”已不再安装。请选择其他模型后重新开始。</translation>
    </message>
    <message>
        <source>The model %1 does not fit into memory. Close other programs, or choose a smaller model.</source>
        <translation>模型 %1 放不进内存。请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>The model card says %1, but these weights have %2 interval embedding. Correct the card.</source>
        <translation>模型卡中为 %1，但这些权重的区间嵌入情况为：%2。请更正模型卡。</translation>
    </message>
    <message>
        <source>The model was run in 2 passes, the second over its own result: fine detail is generated from generated detail.</source>
        <translation>模型运行了 2 遍，第二遍处理的是它自己的结果：精细的细节是由生成的细节再生成的。</translation>
    </message>
    <message>
        <source>The name %1 is taken; choose another.</source>
        <translation>名称 %1 已被占用；请另选一个。</translation>
    </message>
    <message>
        <source>The name %1 is too long. Choose a shorter one.</source>
        <translation>名称 %1 太长。请使用较短的名称。</translation>
    </message>
    <message>
        <source>The naming "%1" asks for something unknown. Known fields: %2.</source>
        <translation>命名规则“%1”使用了未知的字段。已知字段：%2。</translation>
    </message>
    <message>
        <source>The naming "%1" has a brace without its partner. Known fields: %2.</source>
        <translation>命名规则“%1”的大括号不成对。已知字段：%2。</translation>
    </message>
    <message>
        <source>The naming "%1" holds a character that names of files cannot have. Take it out.</source>
        <translation>命名规则“%1”含有文件名不允许的字符。请将其去掉。</translation>
    </message>
    <message>
        <source>The naming "%1" must hold {name} or {stem}, so that results do not get equal names.</source>
        <translation>命名规则“%1”必须包含 {name} 或 {stem}，以免结果重名。</translation>
    </message>
    <message>
        <source>The photograph was developed from the camera's raw data, with the camera's white balance.</source>
        <translation>照片由相机的原始数据冲印而成，使用相机的白平衡。</translation>
    </message>
    <message>
        <source>The picture was made for HDR screens; it was converted for others, with softer highlights.</source>
        <translation>该图片为 HDR 屏幕制作；已转换为适合其他屏幕，高光较柔和。</translation>
    </message>
    <message>
        <source>The position table in these weights is not the one the configuration describes. Check sample_size, patch_size and pos_embed_max_size in config.json, or get the model again.</source>
        <translation>这些权重中的位置表与配置所述不符。请检查 config.json 中的 sample_size、patch_size 和 pos_embed_max_size，或重新获取模型。</translation>
    </message>
    <message>
        <source>The precision "%1" does not work on "%2" here. Choose "auto" or "fp32".</source>
        <translation>精度“%1”在本机的“%2”上无法使用。请选择“auto”或“fp32”。</translation>
    </message>
    <message>
        <source>The preset "%1" asks for %2 passes.</source>
        <translation>预设“%1”要求运行 %2 遍。</translation>
    </message>
    <message>
        <source>The preset "%1" asks for steps, fidelity or a seed out of range.</source>
        <translation>预设“%1”的步数、保真度或种子超出范围。</translation>
    </message>
    <message>
        <source>The prompt's embeddings are %1 and %2 wide, but this model needs %3 and %4. Use the prompts stored with the model.</source>
        <translation>提示词的嵌入宽度为 %1 和 %2，但此模型需要 %3 和 %4。请使用随模型保存的提示词。</translation>
    </message>
    <message>
        <source>The prompts %1 cannot be read: %2</source>
        <translation>无法读取提示词 %1：%2</translation>
    </message>
    <message>
        <source>The prompts %1 hold no "positive.pooled".</source>
        <translation>提示词 %1 中没有“positive.pooled”。</translation>
    </message>
    <message>
        <source>The prompts have widths %1 and %2, but the transformer needs %3 and %4. They do not belong together.</source>
        <translation>提示词的宽度为 %1 和 %2，但 Transformer 需要 %3 和 %4。它们不匹配。</translation>
    </message>
    <message>
        <source>The recipe %1 is not valid TOML: %2.</source>
        <translation>配方 %1 不是有效的 TOML：%2。</translation>
    </message>
    <message>
        <source>The recipe %1 makes a model, not a codec.</source>
        <translation>配方 %1 生成的是模型，不是编解码器。</translation>
    </message>
    <message>
        <source>The recipe %1 makes a teacher, not a student.</source>
        <translation>配方 %1 制作的是教师模型，不是学生模型。</translation>
    </message>
    <message>
        <source>The region lies outside of the picture, which has %1 x %2 pixels.</source>
        <translation>该区域位于图像之外，图像尺寸为 %1 x %2 像素。</translation>
    </message>
    <message>
        <source>The result of %1 (%2 x %3 pixels) needs about %4 of memory as %5, and %6 are free. Close other programs, ask for a smaller size, or choose PNG.</source>
        <translation>%1 的结果（%2 x %3 像素）以 %5 格式写入约需 %4 内存，而可用内存为 %6。请关闭其他程序、选择较小的尺寸，或选择 PNG。</translation>
    </message>
    <message>
        <source>The result of %1 would replace %2, which is an input. Choose another output.</source>
        <translation>%1 的结果会覆盖作为输入的 %2。请选择其他输出。</translation>
    </message>
    <message>
        <source>The result of %1 would replace it. Choose another name or folder.</source>
        <translation>%1 的结果会覆盖它自身。请选择其他名称或文件夹。</translation>
    </message>
    <message>
        <source>The result of %1 would replace it. Choose another output.</source>
        <translation>%1 的结果会覆盖它自身。请选择其他输出位置。</translation>
    </message>
    <message>
        <source>The result would be %1 x %2 pixels; no side may exceed %3. Ask for a smaller factor or size.</source>
        <translation>结果将有 %1 x %2 像素；任何一边都不能超过 %3。请使用较小的倍数或尺寸。</translation>
    </message>
    <message>
        <source>The seed must be 0 or above, not %1.</source>
        <translation>种子必须大于或等于 0，不能是 %1。</translation>
    </message>
    <message>
        <source>The settings could not be read (%1). The defaults are used; %2.</source>
        <translation>无法读取设置（%1）。将使用默认值；%2。</translation>
    </message>
    <message>
        <source>The settings were not saved: %1 cannot be written (%2).</source>
        <translation>设置未保存：无法写入 %1（%2）。</translation>
    </message>
    <message>
        <source>The student in %1 has another network than the decoder. Choose another objective.start, or none.</source>
        <translation>%1 中的学生与解码器的网络不同。请另选 objective.start，或不选。</translation>
    </message>
    <message>
        <source>The student in %1 has another network than this teacher's students. Choose another student.start.</source>
        <translation>%1 中的学生与此教师的学生网络不同。请另选 student.start。</translation>
    </message>
    <message>
        <source>The student inherits the teacher's licence: %1.</source>
        <translation>学生模型沿用教师模型的许可证：%1。</translation>
    </message>
    <message>
        <source>The student is not installed yet.</source>
        <translation>学生模型尚未安装。</translation>
    </message>
    <message>
        <source>The target size must be above zero, not %1.</source>
        <translation>目标尺寸必须大于零，不能是 %1。</translation>
    </message>
    <message>
        <source>The teacher's prompts have no token embeddings. Import the model again, with its prompts.</source>
        <translation>教师模型的提示词没有词元嵌入。请连同提示词重新导入该模型。</translation>
    </message>
    <message>
        <source>The text encoder %1 cannot be used: %2. Get it again.</source>
        <translation>无法使用文本编码器 %1：%2。请重新获取。</translation>
    </message>
    <message>
        <source>The text encoders are missing from %1: %2. Fetch them with `mfsr models pull sd35_text_encoders`, or name the folder of a Stable Diffusion 3.5 Medium download with `--encoders`.</source>
        <translation>%1 中缺少文本编码器：%2。请用 `mfsr models pull sd35_text_encoders` 下载，或用 `--encoders` 指定 Stable Diffusion 3.5 Medium 的下载文件夹。</translation>
    </message>
    <message>
        <source>The text encoders do not belong together: the third is narrower than the others. Get them again.</source>
        <translation>这些文本编码器不配套：第三个比其他的窄。请重新获取。</translation>
    </message>
    <message>
        <source>The text encoders give embeddings %1 and %2 wide, but this model takes %3 and %4: they do not belong together. Leave the caption out.</source>
        <translation>文本编码器给出的嵌入宽度为 %1 和 %2，但此模型需要 %3 和 %4：它们不匹配。请不要使用图片说明。</translation>
    </message>
    <message>
        <source>The token cannot be stored. Check free disk space and permissions of your home folder.</source>
        <translation>无法保存令牌。请检查可用磁盘空间和主文件夹的权限。</translation>
    </message>
    <message>
        <source>The transformer variant %1 is unknown. Known ones are %2.</source>
        <translation>未知的 Transformer 版本 %1。已知的有 %2。</translation>
    </message>
    <message>
        <source>The transformer's config.json does not describe a model this program knows: %1. Get the model again.</source>
        <translation>Transformer 的 config.json 描述的不是本程序支持的模型：%1。请重新获取模型。</translation>
    </message>
    <message>
        <source>The transformer's weights are kept in 8 bits, as they would not fit in full.</source>
        <translation>Transformer 的权重以 8 位保存，因为完整权重放不下。</translation>
    </message>
    <message>
        <source>The transformer's weights stay in main memory and are copied block by block.</source>
        <translation>Transformer 的权重保存在主内存中，逐块复制到设备。</translation>
    </message>
    <message>
        <source>The trial has not run yet.</source>
        <translation>尚未进行试运行。</translation>
    </message>
    <message>
        <source>The trial of a few training steps failed: %1</source>
        <translation>几步训练的试运行失败：%1</translation>
    </message>
    <message>
        <source>The weights %1 are missing from %2. Get the model again.</source>
        <translation>%2 中缺少权重 %1。请重新获取模型。</translation>
    </message>
    <message>
        <source>The weights in %1 cannot be read (%2). Get the model again.</source>
        <translation>无法读取 %1 中的权重（%2）。请重新获取模型。</translation>
    </message>
    <message>
        <source>The weights of %1 lack %2. Get them again.</source>
        <translation>%1 的权重缺少 %2。请重新获取。</translation>
    </message>
    <message>
        <source>There are no validation pictures. Set data.validation_share above 0, or name a folder of photographs.</source>
        <translation>没有验证图像。请将 data.validation_share 设为大于 0，或指定照片文件夹。</translation>
    </message>
    <message>
        <source>There is a run named %1 already. Choose another name, or go on with that run.</source>
        <translation>已有名为 %1 的训练。请选择其他名称，或继续该训练。</translation>
    </message>
    <message>
        <source>There is no degradation preset "%1"; choose one of %2.</source>
        <translation>没有退化预设“%1”；请从 %2 中选择。</translation>
    </message>
    <message>
        <source>There is no file %1. Check its name and place.</source>
        <translation>没有文件 %1。请检查其名称和位置。</translation>
    </message>
    <message>
        <source>There is no folder %1. Choose a folder of photographs.</source>
        <translation>没有文件夹 %1。请选择照片文件夹。</translation>
    </message>
    <message>
        <source>There is no photograph to train on in %1. Choose another folder.</source>
        <translation>%1 中没有可用于训练的照片。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>There is no setting "%1". Settings are %2.</source>
        <translation>没有名为“%1”的设置。可用的设置有 %2。</translation>
    </message>
    <message>
        <source>There is not enough memory for this. Close other programs or take a smaller picture.</source>
        <translation>内存不足。请关闭其他程序，或使用较小的图片。</translation>
    </message>
    <message>
        <source>There is not enough memory on %1, even for a tile of %2 pixels. Close other programs, or compute on the CPU.</source>
        <translation>%1 上的内存不足，连 %2 像素的图块也放不下。请关闭其他程序，或改用 CPU 计算。</translation>
    </message>
    <message>
        <source>There is not enough room in %1 for %2: it takes at least %3, and %4 are free. Free some space or choose another disk.</source>
        <translation>%1 中没有足够的空间存放 %2：至少需要 %3，而可用空间为 %4。请腾出一些空间或选择其他磁盘。</translation>
    </message>
    <message>
        <source>There is nothing to learn from unless a loss in objective.picture (pixel, lpips, features or adversarial) has a weight</source>
        <translation>除非 objective.picture 中的某个损失（pixel、lpips、features 或 adversarial）有权重，否则无从学习</translation>
    </message>
    <message>
        <source>These training crops do not say of which photographs they are, so captions cannot be found. Delete their folder, so that they are prepared again.</source>
        <translation>这些训练裁剪块没有记录来自哪些照片，因此无法找到说明文字。请删除它们的文件夹，以便重新准备。</translation>
    </message>
    <message>
        <source>These weights are no transformer of this program: the low-resolution branch is missing. Choose others.</source>
        <translation>这些权重不是本程序的 Transformer：缺少低分辨率分支。请选择其他权重。</translation>
    </message>
    <message>
        <source>These weights do not fit the configuration: %1. Check that config.json and the variant belong to the weights, or get the model again.</source>
        <translation>这些权重与配置不符：%1。请检查 config.json 和版本是否与权重对应，或重新获取模型。</translation>
    </message>
    <message>
        <source>This computer has no device "%1" that torch can use. Choose "cpu" or "auto"; `mfsr doctor` lists the devices.</source>
        <translation>本机没有 torch 可用的设备“%1”。请选择“cpu”或“auto”；`mfsr doctor` 会列出可用设备。</translation>
    </message>
    <message>
        <source>This is more than there is: expect it to fail or to be very slow. Close other programs.</source>
        <translation>这超过了现有内存：可能会失败或非常慢。请关闭其他程序。</translation>
    </message>
    <message>
        <source>This model came without prompts and runs with a blank one of zeros, without guidance. `mfsr prompts encode` encodes its own prompts, with the text encoders.</source>
        <translation>此模型不带提示词，使用全零的空提示词运行，没有引导。`mfsr prompts encode` 可用文本编码器编码它自己的提示词。</translation>
    </message>
    <message>
        <source>This model needs a prompt with token embeddings, but got none. Use the prompts stored with the model.</source>
        <translation>此模型需要带词元嵌入的提示词，但没有得到。请使用随模型保存的提示词。</translation>
    </message>
    <message>
        <source>This model runs with DiT4SR's null prompt, without guidance: its own prompts have not been encoded. `mfsr prompts encode` does that, with the text encoders.</source>
        <translation>此模型使用 DiT4SR 的空提示词运行，没有引导：尚未编码它自己的提示词。可用 `mfsr prompts encode` 和文本编码器完成。</translation>
    </message>
    <message>
        <source>This repository is only for accounts that accepted its licence, and %1. %2</source>
        <translation>此仓库仅供已接受其许可证的账号使用，而%1。%2</translation>
    </message>
    <message>
        <source>Threads must be 0 to %1, not %2.</source>
        <translation>线程数须在 0 到 %1 之间，不能是 %2。</translation>
    </message>
    <message>
        <source>Tiles are %1 instead of %2 pixels wide, so the model sees less at once.</source>
        <translation>图块宽度为 %1 像素而不是 %2 像素，因此模型一次看到的范围较小。</translation>
    </message>
    <message>
        <source>Time mean</source>
        <translation>时间均值</translation>
    </message>
    <message>
        <source>Time std</source>
        <translation>时间标准差</translation>
    </message>
    <message>
        <source>Time unit</source>
        <translation>时间单位</translation>
    </message>
    <message>
        <source>To show a result of %1 x %2 pixels takes about %3 of memory, and %4 are free. Run the model once, or put the picture into the queue, which writes as it computes.</source>
        <translation>显示 %1 x %2 像素的结果约需 %3 内存，现有 %4 可用。请只运行模型一遍，或把图片放入队列，队列会边计算边写入。</translation>
    </message>
    <message>
        <source>Training ended unexpectedly. It can be gone on with from the last checkpoint.</source>
        <translation>训练意外结束。可以从最近的检查点继续。</translation>
    </message>
    <message>
        <source>Training has not begun.</source>
        <translation>训练尚未开始。</translation>
    </message>
    <message>
        <source>Training is not finished.</source>
        <translation>训练尚未完成。</translation>
    </message>
    <message>
        <source>Training needs %1 MiB of memory, but %2 MiB are free. Close other programs, or choose smaller patches or batches.</source>
        <translation>训练需要 %1 MiB 内存，但只有 %2 MiB 可用。请关闭其他程序，或选择较小的图像块或批次。</translation>
    </message>
    <message>
        <source>Training needs %1 MiB on disk, but %2 MiB are free. Make room.</source>
        <translation>训练需要 %1 MiB 磁盘空间，但只有 %2 MiB 可用。请腾出空间。</translation>
    </message>
    <message>
        <source>Tuple should have at least %1 items after validation, not %2</source>
        <translation>验证后至少应有 %1 项，而不是 %2 项</translation>
    </message>
    <message>
        <source>Tuple should have at most %1 items after validation, not %2</source>
        <translation>验证后最多应有 %1 项，而不是 %2 项</translation>
    </message>
    <message>
        <source>Unit of time inside: 1, the teacher's, or 1 if the teacher's time embedding can be fitted in it closely.</source>
        <translation>内部时间单位：1、教师模型的单位，或在能够紧密拟合教师模型的时间嵌入时使用 1。</translation>
    </message>
    <message>
        <source>Upscaling</source>
        <translation>正在放大</translation>
    </message>
    <message>
        <source>Validation share</source>
        <translation>验证比例</translation>
    </message>
    <message>
        <source>Values of the latent for each pixel of the input.</source>
        <translation>每个输入像素的潜变量值数。</translation>
    </message>
    <message>
        <source>Values outside 0 to 1 were clipped.</source>
        <translation>0 到 1 以外的值已被截断。</translation>
    </message>
    <message>
        <source>Values that are no numbers, or infinite, were replaced by black and white.</source>
        <translation>非数值或无穷大的值已替换为黑色和白色。</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>正在校验</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本数</translation>
    </message>
    <message>
        <source>Waiting for another run that prepares the same crops</source>
        <translation>正在等待另一个准备相同裁剪块的训练</translation>
    </message>
    <message>
        <source>Waiting for other processes</source>
        <translation>正在等待其他进程</translation>
    </message>
    <message>
        <source>Waiting for other processes that prepare the same crops</source>
        <translation>正在等待其他进程准备相同的裁剪块</translation>
    </message>
    <message>
        <source>Walk shift</source>
        <translation>路径时间偏移</translation>
    </message>
    <message>
        <source>Wandb project</source>
        <translation>wandb 项目</translation>
    </message>
    <message>
        <source>Warmup steps</source>
        <translation>预热步数</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>Weight of LPIPS (AlexNet).</source>
        <translation>LPIPS (AlexNet) 的权重。</translation>
    </message>
    <message>
        <source>Weight of the MeanFlow loss beside the end-point losses.</source>
        <translation>MeanFlow 损失相对于终点损失的权重。</translation>
    </message>
    <message>
        <source>Weight of the adversarial term against a small patch discriminator.</source>
        <translation>对抗项（小型图像块判别器）的权重。</translation>
    </message>
    <message>
        <source>Weight of the mean absolute pixel difference from another upscaler's result, where the crops have one.</source>
        <translation>在裁块带有另一放大程序的结果之处，与该结果的平均绝对像素差的权重。</translation>
    </message>
    <message>
        <source>Weight of the mean absolute pixel difference.</source>
        <translation>平均绝对像素差的权重。</translation>
    </message>
    <message>
        <source>Weight of the structure and texture distance of VGG16 features (DISTS).</source>
        <translation>VGG16 特征的结构与纹理距离 (DISTS) 的权重。</translation>
    </message>
    <message>
        <source>Weights &amp; Biases cannot be used: %1 Leave run.wandb_project empty.</source>
        <translation>无法使用 Weights &amp; Biases：%1 请将 run.wandb_project 留空。</translation>
    </message>
    <message>
        <source>Weights &amp; Biases is not installed: pip install wandb, or leave run.wandb_project empty.</source>
        <translation>未安装 Weights &amp; Biases：请运行 pip install wandb，或将 run.wandb_project 留空。</translation>
    </message>
    <message>
        <source>What becomes of a running queue when the window is closed: ask, finish it in the background, or stop and resume at the next start.</source>
        <translation>关闭窗口时如何处理正在运行的队列：询问、在后台完成，或停止并在下次启动时继续。</translation>
    </message>
    <message>
        <source>What decides which checkpoint is kept beside the newest as the best: a score of the validation pictures at one step, or the distance to the guided teacher's map, which students alone have. Without the weights of LPIPS and DISTS these are decided by PSNR.</source>
        <translation>决定除最新检查点外把哪一个保留为最佳：验证图片一步时的得分，或与受引导教师映射的距离（只有学生才有）。没有 LPIPS 和 DISTS 的权重时由 PSNR 决定。</translation>
    </message>
    <message>
        <source>What is trained: everything, the low-resolution branch with the time layers, or low-rank additions (LoRA).</source>
        <translation>训练的内容：全部、低分辨率分支及时间层，或低秩附加部分 (LoRA)。</translation>
    </message>
    <message>
        <source>What to do where a file of that name exists. Nothing is asked while a folder is being worked through.</source>
        <translation>同名文件已存在时的处理方式。处理文件夹时不会询问。</translation>
    </message>
    <message>
        <source>Whether blocks are computed twice, which is slower, to save memory.</source>
        <translation>是否重复计算各块以节省内存（速度较慢）。</translation>
    </message>
    <message>
        <source>Whether each sample's (t - r) du/dt is first divided by its own root mean square + 0.1.</source>
        <translation>是否先将每个样本的 (t - r) du/dt 除以其自身的均方根 + 0.1。</translation>
    </message>
    <message>
        <source>Whether every photograph is looked at first, and those broken, too small, flat or there twice are left out.</source>
        <translation>是否先检查每张照片，排除损坏、太小、单调或重复的照片。</translation>
    </message>
    <message>
        <source>Whether patches are cut and damaged during training, by `--workers` processes, instead of preparing crops on disk before it.</source>
        <translation>是否在训练时由 `--workers` 个进程切取并劣化图像块，而不是事先在磁盘上准备裁剪块。</translation>
    </message>
    <message>
        <source>Whether results keep the place where a photograph was taken (GPS).</source>
        <translation>结果是否保留照片的拍摄地点 (GPS)。</translation>
    </message>
    <message>
        <source>Whether results of this program are taken as photographs where a folder is read. They are known by a mark in them.</source>
        <translation>读取文件夹时是否把本程序的结果也当作照片。结果凭其中的标记识别。</translation>
    </message>
    <message>
        <source>Whether several processes share a full-size network out among them instead of each holding all of it (FSDP).</source>
        <translation>是否由多个进程分担一个完整尺寸的网络，而不是每个进程各存一份 (FSDP)。</translation>
    </message>
    <message>
        <source>Whether text files next to the photographs, or `captions.jsonl` in their folder, say what they show. Full size only.</source>
        <translation>是否由照片旁的文本文件或其文件夹中的 `captions.jsonl` 说明照片内容。仅限全尺寸模型。</translation>
    </message>
    <message>
        <source>Whether the file of a result gets the date and the permissions of the photograph's file.</source>
        <translation>结果文件是否沿用照片文件的日期和权限。</translation>
    </message>
    <message>
        <source>Whether the window opens at its start what was open at its end: photograph, view and results.</source>
        <translation>启动时是否恢复上次关闭时打开的内容：照片、视图和结果。</translation>
    </message>
    <message>
        <source>Whole share</source>
        <translation>整步样本比例</translation>
    </message>
    <message>
        <source>Whom to name when a teacher or its results are passed on, for its card; a student inherits its teacher's.</source>
        <translation>分发教师模型或其结果时应署名的对象，写入模型卡；学生模型沿用教师模型的署名。</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Width of the time and prompt embeddings.</source>
        <translation>时间嵌入和提示词嵌入的宽度。</translation>
    </message>
    <message>
        <source>Widths of the averaged weights kept, as shares of the run so far (0.1 reaches over its last third); the first one is exported.</source>
        <translation>所保留的平均权重的宽度，以目前训练进程的比例表示（0.1 约覆盖最后三分之一）；导出第一个。</translation>
    </message>
    <message>
        <source>With captions, share of batches under the null prompt instead, if the teacher has one; 0.2 as DiT4SR was trained.</source>
        <translation>使用说明文字时，改用空提示词的批次比例（若教师模型有空提示词）；DiT4SR 训练时为 0.2。</translation>
    </message>
    <message>
        <source>With fewer than %1 photographs the student only learns what those show.</source>
        <translation>照片少于 %1 张时，学生模型只能学到这些照片中的内容。</translation>
    </message>
    <message>
        <source>With shard, who shares one copy of the network: the processes of each computer (HSDP), or all processes of all computers.</source>
        <translation>启用分片时，由谁分担网络的一份副本：每台计算机上的进程（混合分片），或所有计算机上的全部进程。</translation>
    </message>
    <message>
        <source>With streaming, patches of a batch that are cut from one photograph, which is read once for them.</source>
        <translation>流式处理时，一个批次中从同一张照片切取的图像块数；照片只为它们读取一次。</translation>
    </message>
    <message>
        <source>With weight = 0 the end_point losses are all there is, so end_point.every must be 1</source>
        <translation>weight = 0 时只剩 end_point 损失，因此 end_point.every 必须为 1</translation>
    </message>
    <message>
        <source>With weight = 0 there is nothing to learn from unless an end_point loss (pixel, lpips, features or adversarial) has a weight</source>
        <translation>weight = 0 时，除非某个 end_point 损失（pixel、lpips、features 或 adversarial）有权重，否则无从学习</translation>
    </message>
    <message>
        <source>Without a negative prompt, guidance leads away from the teacher's null prompt.</source>
        <translation>没有负向提示词时，引导将远离教师模型的空提示词。</translation>
    </message>
    <message>
        <source>Without encoded prompts, the student learns from the teacher's null prompt alone, without guidance: softer pictures.</source>
        <translation>不编码提示词时，学生模型只按教师模型的空提示词学习，没有引导：图片较为柔和。</translation>
    </message>
    <message>
        <source>Write it as in: run.minutes = 10</source>
        <translation>请这样写：run.minutes = 10</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在写入</translation>
    </message>
    <message>
        <source>XMP record is damaged</source>
        <translation>XMP 记录已损坏</translation>
    </message>
    <message>
        <source>XMP record is too large for %1</source>
        <translation>XMP 记录对 %1 来说太大</translation>
    </message>
    <message>
        <source>`mfsr models pull %1` fetches the teacher of this name.</source>
        <translation>可用 `mfsr models pull %1` 下载此名称的教师模型。</translation>
    </message>
    <message>
        <source>`mfsr models pull sd35_text_encoders` fetches the rest</source>
        <translation>可用 `mfsr models pull sd35_text_encoders` 下载其余部分</translation>
    </message>
    <message>
        <source>a JPEG file of quality %1; %2 is asked for</source>
        <translation>质量为 %1 的 JPEG 文件；要求 %2</translation>
    </message>
    <message>
        <source>a chunk ends beyond the file</source>
        <translation>某个数据块超出文件末尾</translation>
    </message>
    <message>
        <source>a frame lies beyond the whole</source>
        <translation>有一帧超出了整个画面</translation>
    </message>
    <message>
        <source>a head of %1 bytes</source>
        <translation>文件头有 %1 字节</translation>
    </message>
    <message>
        <source>a line has more than %1 dots</source>
        <translation>有一行的点号多于 %1 个</translation>
    </message>
    <message>
        <source>a list has %1 entries</source>
        <translation>有一个列表含 %1 项</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>a part of the picture claims another size</source>
        <translation>图片的一部分声称了另一尺寸</translation>
    </message>
    <message>
        <source>a part of the picture lies beyond the end</source>
        <translation>图片的一部分位于文件末尾之外</translation>
    </message>
    <message>
        <source>a picture of something else than the input</source>
        <translation>与输入不同的另一张图</translation>
    </message>
    <message>
        <source>a tensor is %1 and should be %2</source>
        <translation>有一个张量为 %1，应为 %2</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>accelerate is set up to split the network itself (%1), which checkpoints here do not go with. Run "accelerate config" again, choose neither FSDP nor DeepSpeed, and write shard = true below [run] in the recipe: then the processes share the network out among them.</source>
        <translation>accelerate 被设置为自行拆分网络（%1），与此处的检查点不兼容。请重新运行“accelerate config”，既不选 FSDP 也不选 DeepSpeed，并在配方的 [run] 下写入 shard = true：这样各进程就会分担网络。</translation>
    </message>
    <message>
        <source>adversarial</source>
        <translation>对抗损失</translation>
    </message>
    <message>
        <source>bicubic</source>
        <translation>双三次</translation>
    </message>
    <message>
        <source>brighter or darker than the tiles beside it</source>
        <translation>比旁边的图块更亮或更暗</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>caption_projection_dim must equal the width, %1</source>
        <translation>caption_projection_dim 必须等于宽度 %1</translation>
    </message>
    <message>
        <source>codec.factor %1 is no multiple of image.scale %2</source>
        <translation>codec.factor %1 不是 image.scale %2 的倍数</translation>
    </message>
    <message>
        <source>config.json in %1 is damaged. Get the model again.</source>
        <translation>%1 中的 config.json 已损坏。请重新获取模型。</translation>
    </message>
    <message>
        <source>config.json is missing from %1 or damaged. Get the model again.</source>
        <translation>%1 中缺少 config.json 或已损坏。请重新获取模型。</translation>
    </message>
    <message>
        <source>data.patch_px must be a multiple of %1 with this teacher, not %2.</source>
        <translation>使用此教师模型时，data.patch_px 必须是 %1 的倍数，不能是 %2。</translation>
    </message>
    <message>
        <source>days on many GPUs</source>
        <translation>在许多块 GPU 上需要数天</translation>
    </message>
    <message>
        <source>derivative = "midpoint" takes a step of the teacher, so target must be "teacher"</source>
        <translation>derivative = "midpoint" 要走教师的一步，因此 target 必须为 "teacher"</translation>
    </message>
    <message>
        <source>discriminator</source>
        <translation>判别器</translation>
    </message>
    <message>
        <source>dual_attention_layers must be a list of block numbers</source>
        <translation>dual_attention_layers 必须是块编号的列表</translation>
    </message>
    <message>
        <source>dual_attention_layers must lie in 0..%1</source>
        <translation>dual_attention_layers 必须在 0..%1 之内</translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>ending of the source without its dot</source>
        <translation>原文件的扩展名，不含点</translation>
    </message>
    <message>
        <source>far from the input's colours</source>
        <translation>颜色与输入相差很大</translation>
    </message>
    <message>
        <source>features</source>
        <translation>特征损失</translation>
    </message>
    <message>
        <source>flat</source>
        <translation>过于单调</translation>
    </message>
    <message>
        <source>gated: needs a free account on the hub</source>
        <translation>需要授权：须在 Hub 上注册免费账号</translation>
    </message>
    <message>
        <source>gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>has colours of an unusual kind (%1). Save it as RGB first.</source>
        <translation>的颜色类型不常见（%1）。请先另存为 RGB。</translation>
    </message>
    <message>
        <source>has more pages than the %1 that are read. Split it first.</source>
        <translation>的页数超过了可读取的 %1 页。请先将其拆分。</translation>
    </message>
    <message>
        <source>has no page %1. Look at the file again; it may have changed.</source>
        <translation>没有第 %1 页。请重新查看该文件；它可能已被更改。</translation>
    </message>
    <message>
        <source>has no pixels (%1 x %2). Choose another picture.</source>
        <translation>没有像素（%1 x %2）。请选择其他图片。</translation>
    </message>
    <message>
        <source>has_interval must be true or false, not %1</source>
        <translation>has_interval 必须为 true 或 false，不能是 %1</translation>
    </message>
    <message>
        <source>height of the result in pixels</source>
        <translation>结果的高度，像素</translation>
    </message>
    <message>
        <source>holds %1 MiB, far more than a picture of %2 x %3 pixels needs. Save it anew with an image editor.</source>
        <translation>有 %1 MiB，远超 %2 x %3 像素的图片所需。请用图像编辑器重新保存。</translation>
    </message>
    <message>
        <source>holds %1 channels, which are too many. Save it as RGB first.</source>
        <translation>含有 %1 个通道，过多。请先另存为 RGB。</translation>
    </message>
    <message>
        <source>holds LAB colours that cannot be converted. Save it as RGB first.</source>
        <translation>的 LAB 颜色无法转换。请先另存为 RGB。</translation>
    </message>
    <message>
        <source>holds channels of an unusual number or kind. Save it as PNG or TIFF first.</source>
        <translation>含有数量或类型不常见的通道。请先另存为 PNG 或 TIFF。</translation>
    </message>
    <message>
        <source>holds colours of a kind that is not read with 16 bits. Save it as RGB first.</source>
        <translation>的颜色类型不支持以 16 位读取。请先另存为 RGB。</translation>
    </message>
    <message>
        <source>holds colours of a kind that is not read. Save it as RGB first.</source>
        <translation>含有无法读取的颜色类型。请先另存为 RGB。</translation>
    </message>
    <message>
        <source>holds inks other than cyan, magenta, yellow and black. Save it as RGB first.</source>
        <translation>含有青、品红、黄、黑以外的油墨。请先另存为 RGB。</translation>
    </message>
    <message>
        <source>holds no finite number, so there is nothing to see. Choose another picture.</source>
        <translation>不含任何有限数值，因此没有可看的内容。请选择其他图片。</translation>
    </message>
    <message>
        <source>holds numbers of an unusual kind. Save it with 8 or 16 bits first.</source>
        <translation>的数值类型不常见。请先以 8 位或 16 位保存。</translation>
    </message>
    <message>
        <source>holds records of unusual size. Save it anew with an image editor.</source>
        <translation>含有大小异常的记录。请用图像编辑器重新保存。</translation>
    </message>
    <message>
        <source>hours on one GPU</source>
        <translation>在一块 GPU 上需要数小时</translation>
    </message>
    <message>
        <source>how many times wider the result is, for example 4</source>
        <translation>结果放大的倍数，例如 4</translation>
    </message>
    <message>
        <source>how the size was asked for, for example 4x or 1920w</source>
        <translation>尺寸的指定方式，例如 4x 或 1920w</translation>
    </message>
    <message>
        <source>if the page says that access is granted, give your token leave to read gated repositories, in your account's settings under Access Tokens</source>
        <translation>如果页面显示已获得访问权限，请在账号设置的 Access Tokens 中允许令牌读取受限仓库</translation>
    </message>
    <message>
        <source>image.size_multiple %1 is no multiple of %2</source>
        <translation>image.size_multiple %1 不是 %2 的倍数</translation>
    </message>
    <message>
        <source>imported from %1</source>
        <translation>从 %1 导入</translation>
    </message>
    <message>
        <source>is a JPEG of a rare kind that is not supported. Save it as PNG or TIFF first.</source>
        <translation>是一种不受支持的罕见 JPEG。请先另存为 PNG 或 TIFF。</translation>
    </message>
    <message>
        <source>is packed in a way that is not supported (%1). Save it anew without packing.</source>
        <translation>的压缩方式不受支持（%1）。请不压缩重新保存。</translation>
    </message>
    <message>
        <source>is the raw file of a camera that LibRaw does not read. Develop it with a raw converter first.</source>
        <translation>是 LibRaw 无法读取的相机原始文件。请先用原始格式转换程序冲印。</translation>
    </message>
    <message>
        <source>is the raw file of a camera. Install what reads it: `pip install "mfsr[raw]"`.</source>
        <translation>是相机的原始文件。请安装读取它所需的组件：`pip install "mfsr[raw]"`。</translation>
    </message>
    <message>
        <source>is too large (%1 x %2 pixels); a WebP ends at %3 a side. Save it in another format first.</source>
        <translation>太大（%1 x %2 像素）；WebP 每边最多 %3。请先另存为其他格式。</translation>
    </message>
    <message>
        <source>is too large (%1 x %2 pixels); at most %3 megapixels can be read. Cut it into parts first.</source>
        <translation>太大（%1 x %2 像素）；最多可读取 %3 百万像素。请先将其切成几部分。</translation>
    </message>
    <message>
        <source>it ended before the file did</source>
        <translation>文件还没传完就结束了</translation>
    </message>
    <message>
        <source>it is larger than %1 KiB</source>
        <translation>它大于 %1 KiB</translation>
    </message>
    <message>
        <source>it is nested more than %1 deep</source>
        <translation>它的嵌套超过 %1 层</translation>
    </message>
    <message>
        <source>it is no plain file</source>
        <translation>它不是普通文件</translation>
    </message>
    <message>
        <source>it is not UTF-8 text</source>
        <translation>它不是 UTF-8 文本</translation>
    </message>
    <message>
        <source>its head has %1 bytes</source>
        <translation>其文件头有 %1 字节</translation>
    </message>
    <message>
        <source>its weights are of another network</source>
        <translation>其权重属于另一个网络</translation>
    </message>
    <message>
        <source>line ends were changed on the way</source>
        <translation>换行符在传输中被改变</translation>
    </message>
    <message>
        <source>lr_keys must be 'own' or 'normed_x', not %1</source>
        <translation>lr_keys 必须为 'own' 或 'normed_x'，不能是 %1</translation>
    </message>
    <message>
        <source>make a token that may read in your account's settings, under Access Tokens</source>
        <translation>在账号设置的 Access Tokens 中创建一个具有读取权限的令牌</translation>
    </message>
    <message>
        <source>meanflow</source>
        <translation>MeanFlow 损失</translation>
    </message>
    <message>
        <source>minutes on this computer</source>
        <translation>在这台电脑上需要数分钟</translation>
    </message>
    <message>
        <source>must be %1, not %2</source>
        <translation>必须是%1，不能是 %2</translation>
    </message>
    <message>
        <source>must be a list</source>
        <translation>必须是列表</translation>
    </message>
    <message>
        <source>must be a list of %1</source>
        <translation>必须是含 %1 项的列表</translation>
    </message>
    <message>
        <source>must be a table</source>
        <translation>必须是表</translation>
    </message>
    <message>
        <source>must be one of %1, not "%2"</source>
        <translation>必须是 %1 之一，不能是“%2”</translation>
    </message>
    <message>
        <source>name of the model</source>
        <translation>模型的名称</translation>
    </message>
    <message>
        <source>name of the source without its ending</source>
        <translation>原文件的名称，不含扩展名</translation>
    </message>
    <message>
        <source>ncnn cannot run this network. Remove the package ncnn, or update it.</source>
        <translation>ncnn 无法运行这个网络。请移除 ncnn 软件包或更新它。</translation>
    </message>
    <message>
        <source>ncnn could not compute a tile (code %1). Remove the package ncnn, or update it.</source>
        <translation>ncnn 无法计算图块（代码 %1）。请移除 ncnn 软件包或更新它。</translation>
    </message>
    <message>
        <source>needs %1</source>
        <translation>缺少 %1</translation>
    </message>
    <message>
        <source>no codestream</source>
        <translation>没有码流</translation>
    </message>
    <message>
        <source>no copy of the old file could be kept beside %1</source>
        <translation>无法在 %1 旁保留旧文件的副本</translation>
    </message>
    <message>
        <source>no ending</source>
        <translation>没有扩展名</translation>
    </message>
    <message>
        <source>no header</source>
        <translation>没有文件头</translation>
    </message>
    <message>
        <source>no palette</source>
        <translation>没有调色板</translation>
    </message>
    <message>
        <source>no picture in it</source>
        <translation>其中没有图片</translation>
    </message>
    <message>
        <source>no profile</source>
        <translation>没有配置文件</translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation>没有说明原因</translation>
    </message>
    <message>
        <source>not a number</source>
        <translation>不是有效数值</translation>
    </message>
    <message>
        <source>nothing to see in nine of ten parts of it</source>
        <translation>十分之九的部分没有内容</translation>
    </message>
    <message>
        <source>num_layers may be at most %1, and the width at most %2</source>
        <translation>num_layers 最多为 %1，宽度最多为 %2</translation>
    </message>
    <message>
        <source>of another shape</source>
        <translation>形状不同</translation>
    </message>
    <message>
        <source>open %1 in a browser, sign in or make an account there, and accept the licence</source>
        <translation>在浏览器中打开 %1，登录或注册账号，并接受许可证</translation>
    </message>
    <message>
        <source>original</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>peer_share and camera_share are more than 1 together</source>
        <translation>peer_share 与 camera_share 之和大于 1</translation>
    </message>
    <message>
        <source>pixel</source>
        <translation>像素损失</translation>
    </message>
    <message>
        <source>pull again; what was fetched already is kept</source>
        <translation>重新拉取；已下载的内容会保留</translation>
    </message>
    <message>
        <source>qk_norm must be 'rms_norm' or null, not %1</source>
        <translation>qk_norm 必须为 'rms_norm' 或 null，不能是 %1</translation>
    </message>
    <message>
        <source>real-camera damage: blur, fine noise, little compression</source>
        <translation>真实相机的退化：模糊、细微噪声、轻度压缩</translation>
    </message>
    <message>
        <source>residual_scale must be a number above 0 and at most 100, not %1</source>
        <translation>residual_scale 必须是大于 0 且不超过 100 的数，而不是 %1</translation>
    </message>
    <message>
        <source>run `hf auth login` and paste the token</source>
        <translation>运行 `hf auth login` 并粘贴令牌</translation>
    </message>
    <message>
        <source>run.shard shares a full-size network out among processes; a compact one is small and must stay whole. Set run.shard = false.</source>
        <translation>run.shard 用于在多个进程间分担完整尺寸的网络；小型网络很小，必须保持完整。请设置 run.shard = false。</translation>
    </message>
    <message>
        <source>sample_size must be at least patch_size, %1</source>
        <translation>sample_size 必须至少等于 patch_size，即 %1</translation>
    </message>
    <message>
        <source>sampling steps</source>
        <translation>采样步数</translation>
    </message>
    <message>
        <source>seed of the noise</source>
        <translation>噪声的种子</translation>
    </message>
    <message>
        <source>shows the same as %1</source>
        <translation>与 %1 内容相同</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>跳过的步数</translation>
    </message>
    <message>
        <source>strong damage, as SeeSR and DiT4SR train with</source>
        <translation>严重的退化，与 SeeSR 和 DiT4SR 的训练方式相同</translation>
    </message>
    <message>
        <source>student</source>
        <translation>学生模型</translation>
    </message>
    <message>
        <source>student, %1 steps</source>
        <translation>学生模型，%1 步</translation>
    </message>
    <message>
        <source>student, 1 step</source>
        <translation>学生模型，1 步</translation>
    </message>
    <message>
        <source>teacher</source>
        <translation>教师模型</translation>
    </message>
    <message>
        <source>teacher in training, %1 steps</source>
        <translation>训练中的教师模型，%1 步</translation>
    </message>
    <message>
        <source>teacher, %1 guided steps</source>
        <translation>教师模型，%1 步（带引导）</translation>
    </message>
    <message>
        <source>teacher, %1 steps</source>
        <translation>教师模型，%1 步</translation>
    </message>
    <message>
        <source>the averaged weights are of another network</source>
        <translation>平均权重属于另一个网络</translation>
    </message>
    <message>
        <source>the card</source>
        <translation>模型卡</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>the ending %1</source>
        <translation>扩展名 %1</translation>
    </message>
    <message>
        <source>the entry</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>the first frame is a speck of the whole</source>
        <translation>第一帧只占整体的一小点</translation>
    </message>
    <message>
        <source>the header is cut off</source>
        <translation>文件头被截断</translation>
    </message>
    <message>
        <source>the name of a field is longer than %1 characters</source>
        <translation>有一个字段名超过 %1 个字符</translation>
    </message>
    <message>
        <source>the old file is kept as %1</source>
        <translation>旧文件已保存为 %1</translation>
    </message>
    <message>
        <source>the package transformers is missing: `pip install "mfsr[text]"`</source>
        <translation>缺少 transformers 软件包：`pip install "mfsr[text]"`</translation>
    </message>
    <message>
        <source>the pixels are not all there</source>
        <translation>像素不完整</translation>
    </message>
    <message>
        <source>the same as {stem}</source>
        <translation>与 {stem} 相同</translation>
    </message>
    <message>
        <source>the text encoders are not installed. `mfsr models pull sd35_text_encoders` fetches them</source>
        <translation>未安装文本编码器。可用 `mfsr models pull sd35_text_encoders` 下载</translation>
    </message>
    <message>
        <source>the text encoders are not whole: %1 missing. %2</source>
        <translation>文本编码器不完整：缺少 %1。%2</translation>
    </message>
    <message>
        <source>the width of an average lies between 0 and %1, not at %2</source>
        <translation>平均的宽度应在 0 与 %1 之间，而不是 %2</translation>
    </message>
    <message>
        <source>the width, heads times head size, must be a multiple of 4, not %1</source>
        <translation>宽度（头数乘以头尺寸）必须是 4 的倍数，不能是 %1</translation>
    </message>
    <message>
        <source>tile_px %1 is below twice overlap_px %2</source>
        <translation>tile_px %1 小于 overlap_px %2 的两倍</translation>
    </message>
    <message>
        <source>tile_px %1 is no multiple of size_multiple %2</source>
        <translation>tile_px %1 不是 size_multiple %2 的倍数</translation>
    </message>
    <message>
        <source>too few channels</source>
        <translation>通道太少</translation>
    </message>
    <message>
        <source>too many chunks</source>
        <translation>数据块过多</translation>
    </message>
    <message>
        <source>too small</source>
        <translation>太小</translation>
    </message>
    <message>
        <source>too strongly compressed</source>
        <translation>压缩过强</translation>
    </message>
    <message>
        <source>trained by distill with the recipe %1</source>
        <translation>由 distill 按配方 %1 训练</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>unspecified: decided by who trained it</source>
        <translation>未指定：由训练者决定</translation>
    </message>
    <message>
        <source>velocity</source>
        <translation>速度损失</translation>
    </message>
    <message>
        <source>what small and old photographs mostly show</source>
        <translation>小图和老照片的常见退化</translation>
    </message>
    <message>
        <source>width of the result in pixels</source>
        <translation>结果的宽度，像素</translation>
    </message>
    <message>
        <source>you are not logged in</source>
        <translation>您尚未登录</translation>
    </message>
    <message>
        <source>your account has not accepted it yet</source>
        <translation>您的账号尚未接受它</translation>
    </message>
</context>
<context>
    <name>EngineWords</name>
    <message>
        <source>en</source>
        <comment>code of the language that this is translated to</comment>
        <translation>zh_CN</translation>
    </message>
    <message>
        <source>{0} {1}</source>
        <comment>two sentences, one after the other</comment>
        <translation>{0}{1}</translation>
    </message>
    <message>
        <source>.</source>
        <comment>full stop</comment>
        <translation>。</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <comment>a name, and what is said of it</comment>
        <translation>{0}：{1}</translation>
    </message>
    <message>
        <source>{0}; {1}</source>
        <comment>two of a list</comment>
        <translation>{0}；{1}</translation>
    </message>
    <message>
        <source>{0}, {1}</source>
        <comment>two of a list</comment>
        <translation>{0}，{1}</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export the comparison</source>
        <translation>导出对比</translation>
    </message>
    <message>
        <source>What is exported</source>
        <translation>导出内容</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>256 colors for both pictures together. WebP and PNG keep all colors.</source>
        <translation>两张图片共用 256 种颜色。WebP 和 PNG 保留全部颜色。</translation>
    </message>
    <message>
        <source>All colors; browsers and most viewers show it.</source>
        <translation>保留全部颜色；浏览器和大多数看图软件都能显示。</translation>
    </message>
    <message>
        <source>The part in view, without loss.</source>
        <translation>当前可见部分，无损。</translation>
    </message>
</context>
<context>
    <name>ExportState</name>
    <message>
        <source>Exported {0}.</source>
        <translation>已导出 {0}。</translation>
    </message>
</context>
<context>
    <name>Exports</name>
    <message>
        <source>Current view</source>
        <translation>当前视图</translation>
    </message>
    <message>
        <source>Side by side, with labels</source>
        <translation>并排，带标签</translation>
    </message>
    <message>
        <source>Before and after, animated WebP</source>
        <translation>前后对比，WebP 动画</translation>
    </message>
    <message>
        <source>Before and after, animated PNG</source>
        <translation>前后对比，PNG 动画</translation>
    </message>
    <message>
        <source>Before and after, animated GIF</source>
        <translation>前后对比，GIF 动画</translation>
    </message>
</context>
<context>
    <name>FilmStrip</name>
    <message>
        <source>Photographs of the folder</source>
        <translation>文件夹中的照片</translation>
    </message>
</context>
<context>
    <name>FolderField</name>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Beside the photograph</source>
        <translation>与照片同一文件夹</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>结果文件夹</translation>
    </message>
</context>
<context>
    <name>FramingDialog</name>
    <message>
        <source>Crop, turn, flip and straighten</source>
        <translation>裁剪、旋转、翻转和校正</translation>
    </message>
    <message>
        <source>Reduce to, in percent</source>
        <translation>缩小到（百分比）</translation>
    </message>
    <message>
        <source>Turn left</source>
        <translation>向左旋转</translation>
    </message>
    <message>
        <source>Turn right</source>
        <translation>向右旋转</translation>
    </message>
    <message>
        <source>Flip horizontally</source>
        <translation>水平翻转</translation>
    </message>
    <message>
        <source>Flip vertically</source>
        <translation>垂直翻转</translation>
    </message>
    <message>
        <source>Straighten</source>
        <translation>校正</translation>
    </message>
    <message>
        <source>Shape of the frame</source>
        <translation>裁剪框的形状</translation>
    </message>
    <message>
        <source>Any shape</source>
        <translation>任意形状</translation>
    </message>
    <message>
        <source>As the picture</source>
        <translation>与图片相同</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>上</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>{0} of the part, in pixels</source>
        <translation>该部分的{0}，以像素计</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>裁剪</translation>
    </message>
    <message>
        <source>Reduce to</source>
        <translation>缩小到</translation>
    </message>
    <message>
        <source>Use {0} %</source>
        <translation>使用 {0}%</translation>
    </message>
    <message>
        <source>The detail of this picture ends at about {0} % of its size; reduced to that, it is likely to be upscaled better.</source>
        <translation>这张图片的细节大约到其尺寸的 {0}% 为止；缩小到该尺寸后，放大效果可能更好。</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>{0} × {1} of {2} × {3} pixels</source>
        <translation>{0} × {1}，共 {2} × {3} 像素</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Photograph</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Photograph {0} of {1}</source>
        <translation>照片 {0} / {1}</translation>
    </message>
</context>
<context>
    <name>Histogram</name>
    <message>
        <source>Histogram of the part in view</source>
        <translation>可见部分的直方图</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>LeftOut</name>
    <message>
        <source>{0} is not there. It may have been moved or deleted.</source>
        <translation>{0} 不存在，可能已被移动或删除。</translation>
    </message>
    <message>
        <source>{0} files are not there. They may have been moved or deleted.</source>
        <translation>{0} 个文件不存在，可能已被移动或删除。</translation>
    </message>
    <message>
        <source>The mail program gave only an address. Save the attachment as a file and open that.</source>
        <translation>邮件程序只给出了地址。请将附件另存为文件，再打开该文件。</translation>
    </message>
    <message>
        <source>Addresses of other computers are not opened. Save the picture as a file, or copy it and paste it here.</source>
        <translation>不会打开其他计算机上的地址。请将图片另存为文件，或复制图片后粘贴到这里。</translation>
    </message>
</context>
<context>
    <name>LicenceDialog</name>
    <message>
        <source>Download {0}</source>
        <translation>下载 {0}</translation>
    </message>
    <message>
        <source>Before {0} is downloaded</source>
        <translation>下载 {0} 之前</translation>
    </message>
    <message>
        <source>Licence: {0}</source>
        <translation>许可证：{0}</translation>
    </message>
    <message>
        <source>This model is gated: it needs a free account on the hub</source>
        <translation>此模型需要授权：须在 Hub 上注册免费账号</translation>
    </message>
    <message>
        <source>{0} are fetched.</source>
        <translation>将下载 {0}。</translation>
    </message>
    <message>
        <source>At least {0} are fetched; the download says how much there is.</source>
        <translation>至少将下载 {0}；具体大小会在下载时显示。</translation>
    </message>
    <message>
        <source>Open {0}, sign in or make an account, and accept the licence there.</source>
        <translation>打开 {0}，登录或注册账号，并在那里接受许可证。</translation>
    </message>
    <message>
        <source>In your account's settings, under Access Tokens, make a token that may read.</source>
        <translation>在账号设置的 Access Tokens 中创建一个具有读取权限的令牌。</translation>
    </message>
    <message>
        <source>In a terminal, run &lt;code&gt;hf auth login&lt;/code&gt; and paste the token. It stays on this computer.</source>
        <translation>在终端中运行 &lt;code&gt;hf auth login&lt;/code&gt; 并粘贴令牌。令牌只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Press Download. If something is missing, you are told what, and nothing is lost.</source>
        <translation>按“下载”。如果缺少什么，会告诉您，且不会丢失任何内容。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>I accept: download</source>
        <translation>我接受：下载</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>On the Queue page</source>
        <translation>在“队列”页上</translation>
    </message>
    <message>
        <source>Turn the wheel to zoom, drag to move, hold B to see the other side. ? shows all keys.</source>
        <translation>滚动滚轮缩放，拖动移动图像，按住 B 查看另一侧。按 ? 显示所有快捷键。</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Copy details</source>
        <translation>复制详细信息</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>ModelSweepSection</name>
    <message>
        <source>Variants</source>
        <translation>更多组合</translation>
    </message>
    <message>
        <source>Also other steps and fidelities of every model</source>
        <translation>每个模型也用其他步数和保真度计算</translation>
    </message>
    <message>
        <source>Part in view with every installed model</source>
        <translation>用每个已安装模型计算的可见部分</translation>
    </message>
    <message>
        <source>fidelity {0} %</source>
        <translation>保真度 {0}%</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>the processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Signed in to the hub as {0}.</source>
        <translation>已以 {0} 的身份登录模型中心。</translation>
    </message>
    <message>
        <source>{0} is installed.</source>
        <translation>{0} 已安装。</translation>
    </message>
    <message>
        <source>{0} is sound; it has no list of checksums.</source>
        <translation>{0} 完好；它没有校验和列表。</translation>
    </message>
    <message>
        <source>{0} is sound; {1} files are as they were installed.</source>
        <translation>{0} 完好；{1} 个文件与安装时一致。</translation>
    </message>
    <message>
        <source>{0} was deleted.</source>
        <translation>{0} 已删除。</translation>
    </message>
    <message>
        <source>Runs on this computer: no. It takes about {0}; {1} has {2}.</source>
        <translation>无法在本机运行：约需 {0}，而{1}只有 {2}。</translation>
    </message>
    <message>
        <source>Runs on this computer: yes, on {1}. It takes about {0} of {2}.</source>
        <translation>可在本机运行，使用{1}，约占用 {0}（共 {2}）。</translation>
    </message>
    <message>
        <source>Runs on this computer: yes, with 8-bit weights, on {1}. It takes about {0} of {2}.</source>
        <translation>可在本机运行，使用 8 位权重和{1}，约占用 {0}（共 {2}）。</translation>
    </message>
    <message>
        <source>Runs on this computer: yes, with weights copied to {1} piece by piece, which is slower. It takes about {0} of {2}.</source>
        <translation>可在本机运行，权重会逐块复制到{1}，速度较慢，约占用 {0}（共 {2}）。</translation>
    </message>
    <message>
        <source>Lets full-size models take captions and new prompts.</source>
        <translation>使完整尺寸的模型可以使用图片说明和新的提示词。</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Import a folder…</source>
        <translation>导入文件夹…</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>Times are estimated from a measurement of this processor. Repeat it when nothing else is running.</source>
        <translation>时间是根据对本机处理器的测量估算的。请在没有其他程序运行时重新测量。</translation>
    </message>
    <message>
        <source> This frees {0}.</source>
        <translation>这将释放 {0}。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>The folder does not say which published model it holds. Which is it?</source>
        <translation>该文件夹没有说明其中是哪个已发布的模型。请选择：</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Delete {0} from this computer?</source>
        <translation>要从这台电脑中删除 {0} 吗？</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Everything runs on this computer. Nothing is downloaded unless you press a button.</source>
        <translation>一切都在本机运行。除非您按下按钮，否则不会下载任何内容。</translation>
    </message>
    <message>
        <source>Folder of a model</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>No model is installed yet. Download one, or import a folder.</source>
        <translation>尚未安装模型。请下载一个，或导入文件夹。</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>Can be downloaded</source>
        <translation>可下载</translation>
    </message>
    <message>
        <source>Slow: about {0} for a photograph of 1024 × 1024 pixels.</source>
        <translation>较慢：一张 1024 × 1024 像素的照片约需 {0}。</translation>
    </message>
    <message>
        <source>Far too slow here: about {0} for a photograph of 1024 × 1024 pixels. Needs a graphics card.</source>
        <translation>在这台计算机上太慢：1024 × 1024 像素的照片约需 {0}。需要显卡。</translation>
    </message>
    <message>
        <source>At least {0} to download</source>
        <translation>至少需下载 {0}</translation>
    </message>
    <message>
        <source>Download…</source>
        <translation>下载…</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Broken</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>For captions</source>
        <translation>用于图片说明</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>{0} steps</source>
        <translation>{0} 步</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>教师模型</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>学生模型</translation>
    </message>
    <message>
        <source>gated: needs a free account on the hub</source>
        <translation>需要授权：须在 Hub 上注册免费账号</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>{0} of {1}, {2} a second</source>
        <translation>{0} / {1}，每秒 {2}</translation>
    </message>
    <message>
        <source>, {0} left</source>
        <translation>，剩余 {0}</translation>
    </message>
</context>
<context>
    <name>ModelsState</name>
    <message>
        <source>Wait for {0} to be finished, or stop it.</source>
        <translation>请等待 {0} 完成，或将其停止。</translation>
    </message>
    <message>
        <source>{0} was stopped.</source>
        <translation>已停止 {0}。</translation>
    </message>
    <message>
        <source>{0} was stopped. What was fetched is kept; the next download continues.</source>
        <translation>{0} 已停止。已下载的内容会保留，下次下载时继续。</translation>
    </message>
</context>
<context>
    <name>Navigator</name>
    <message>
        <source>Navigator: all of the picture</source>
        <translation>导航窗：整张图片</translation>
    </message>
</context>
<context>
    <name>OriginalQuestion</name>
    <message>
        <source>{0} exists already. Replace it?</source>
        <translation>{0} 已存在。要替换它吗？</translation>
    </message>
    <message>
        <source>Replace the photograph</source>
        <translation>替换照片</translation>
    </message>
    <message>
        <source>{0} is the photograph that is open.</source>
        <translation>{0} 是当前打开的照片。</translation>
    </message>
    <message>
        <source>If it is replaced, the original is kept beside it as “{0} original{1}”, or with a number.</source>
        <translation>如果替换，原照片将保留在旁边，名为“{0} original{1}”，或另加编号。</translation>
    </message>
    <message>
        <source>Replace, and keep the original</source>
        <translation>替换并保留原照片</translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation>不保存</translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Distil</source>
        <translation>蒸馏</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>PhotosStep</name>
    <message>
        <source>Folder of photographs</source>
        <translation>照片文件夹</translation>
    </message>
    <message>
        <source>Photographs that are left out</source>
        <translation>未采用的照片</translation>
    </message>
    <message>
        <source>Kind of damage</source>
        <translation>退化类型</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Damaging a few of your photographs, to show you…</source>
        <translation>正在对您的几张照片做退化处理以供预览…</translation>
    </message>
    <message>
        <source>Samples of your photographs are shown here, before and after, once a folder is chosen.</source>
        <translation>选择文件夹后，这里会显示您的照片处理前后的示例。</translation>
    </message>
    <message>
        <source>The student learns from your photographs. Sharp, varied ones serve best; they stay on this computer.</source>
        <translation>学生模型从您的照片中学习。清晰、多样的照片效果最好；照片不会离开这台电脑。</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose a folder of photographs</source>
        <translation>选择照片文件夹</translation>
    </message>
    <message>
        <source>Damage to undo</source>
        <translation>要修复的退化</translation>
    </message>
</context>
<context>
    <name>PictureGrid</name>
    <message>
        <source>Pictures: {0}</source>
        <translation>图片：{0}</translation>
    </message>
</context>
<context>
    <name>PresetMenu</name>
    <message>
        <source>No presets yet</source>
        <translation>还没有预设</translation>
    </message>
    <message>
        <source>Save the choices in use…</source>
        <translation>保存当前选项…</translation>
    </message>
    <message>
        <source>New preset</source>
        <translation>新预设</translation>
    </message>
    <message>
        <source>Name, for example: prints</source>
        <translation>名称，例如：冲印</translation>
    </message>
</context>
<context>
    <name>PresetsSection</name>
    <message>
        <source>Name of a new preset</source>
        <translation>新预设的名称</translation>
    </message>
    <message>
        <source>Name, for example: prints</source>
        <translation>名称，例如：冲印</translation>
    </message>
    <message>
        <source>Save the choices in use</source>
        <translation>保存当前选择</translation>
    </message>
    <message>
        <source>A preset keeps model, steps, seed, fidelity and size of the Compare page under a name.</source>
        <translation>预设以一个名称保存“对比”页的模型、步数、种子、保真度和尺寸。</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>{0} steps</source>
        <translation>{0} 步</translation>
    </message>
    <message>
        <source>fidelity {0} %</source>
        <translation>保真度 {0}%</translation>
    </message>
    <message>
        <source>{0} passes</source>
        <translation>{0} 遍</translation>
    </message>
    <message>
        <source>{0:g}×</source>
        <translation>{0:g} 倍</translation>
    </message>
    <message>
        <source>{0} px</source>
        <translation>{0} 像素</translation>
    </message>
</context>
<context>
    <name>ProfileField</name>
    <message>
        <source>Screen profile</source>
        <translation>屏幕配置文件</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Choose a screen profile</source>
        <translation>选择屏幕配置文件</translation>
    </message>
    <message>
        <source>Colour profiles (*.icc *.icm *.ICC *.ICM);;All files (*)</source>
        <translation>颜色配置文件 (*.icc *.icm *.ICC *.ICM);;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>QueueActions</name>
    <message>
        <source>Add photographs…</source>
        <translation>添加照片…</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Paste files</source>
        <translation>粘贴文件</translation>
    </message>
    <message>
        <source>Start, pause or resume</source>
        <translation>开始、暂停或继续</translation>
    </message>
    <message>
        <source>Stop the queue</source>
        <translation>停止队列</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>重试失败项</translation>
    </message>
    <message>
        <source>Take finished ones out</source>
        <translation>移除已完成项</translation>
    </message>
    <message>
        <source>Compare with the source</source>
        <translation>与原图对比</translation>
    </message>
    <message>
        <source>Open the result</source>
        <translation>打开结果</translation>
    </message>
    <message>
        <source>Show in its folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Move to the top</source>
        <translation>移到最前</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move to the bottom</source>
        <translation>移到最后</translation>
    </message>
    <message>
        <source>Use current settings for selected pictures</source>
        <translation>对所选图片使用当前设置</translation>
    </message>
    <message>
        <source>Remove custom settings</source>
        <translation>恢复使用与其他图片相同的设置</translation>
    </message>
    <message>
        <source>Upscale again</source>
        <translation>重新放大</translation>
    </message>
    <message>
        <source>Copy error</source>
        <translation>复制错误</translation>
    </message>
    <message>
        <source>Remove from the queue</source>
        <translation>从队列中移除</translation>
    </message>
</context>
<context>
    <name>QueueCommands</name>
    <message>
        <source>Photographs ({0});;All files (*)</source>
        <translation>照片 ({0});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Add photographs</source>
        <translation>添加照片</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>There are no files on the clipboard. Copy files or folders and paste again.</source>
        <translation>剪贴板中没有文件。请先复制文件或文件夹，再粘贴。</translation>
    </message>
    <message>
        <source>{0} could not be opened. It may have been moved, or no program is set up for it.</source>
        <translation>无法打开 {0}。它可能已被移动，或没有可打开它的程序。</translation>
    </message>
</context>
<context>
    <name>QueueHint</name>
    <message>
        <source>Drop photographs or folders here</source>
        <translation>将照片或文件夹拖放到这里</translation>
    </message>
    <message>
        <source>They are upscaled one after the other.
Folders keep their sub-folders.</source>
        <translation>它们会被逐一放大。
文件夹会保留其子文件夹结构。</translation>
    </message>
</context>
<context>
    <name>QueueOutput</name>
    <message>
        <source>In a folder: {0}</source>
        <translation>在文件夹中：{0}</translation>
    </message>
    <message>
        <source>{0} becomes {1}</source>
        <translation>{0} 变为 {1}</translation>
    </message>
</context>
<context>
    <name>QueuePage</name>
    <message>
        <source>Add again</source>
        <translation>再次添加</translation>
    </message>
    <message>
        <source>The queue is finished: {0} done.</source>
        <translation>队列已完成：{0} 张成功。</translation>
    </message>
    <message>
        <source>The queue is finished: {0} done, {1} failed.</source>
        <translation>队列已完成：{0} 张成功，{1} 张失败。</translation>
    </message>
    <message>
        <source>{0} waiting</source>
        <translation>{0} 张等待中</translation>
    </message>
    <message>
        <source>{0} done</source>
        <translation>{0} 张完成</translation>
    </message>
    <message>
        <source>{0} skipped</source>
        <translation>{0} 张跳过</translation>
    </message>
    <message>
        <source>{0} failed</source>
        <translation>{0} 张失败</translation>
    </message>
    <message>
        <source>Paused at picture {0} of {1}</source>
        <translation>已暂停：第 {0} 张，共 {1} 张</translation>
    </message>
    <message>
        <source>Picture {0} of {1}</source>
        <translation>第 {0} 张，共 {1} 张</translation>
    </message>
    <message>
        <source>{0}, {1} left</source>
        <translation>{0}，剩余 {1}</translation>
    </message>
    <message>
        <source>Looking for photographs…</source>
        <translation>正在查找照片…</translation>
    </message>
    <message>
        <source>Finished; {0} failed</source>
        <translation>已完成；{0} 张失败</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Presets: choices saved under a name</source>
        <translation>预设：以名称保存的选项</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Name of results</source>
        <translation>结果的名称</translation>
    </message>
    <message>
        <source>What a name can hold:
{0}</source>
        <translation>名称中可使用：
{0}</translation>
    </message>
    <message>
        <source>If the file is there already</source>
        <translation>文件已存在时</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Quality </source>
        <translation>质量 </translation>
    </message>
    <message>
        <source>Use the settings above instead</source>
        <translation>改用上面的设置</translation>
    </message>
    <message>
        <source>Apply from the next picture</source>
        <translation>从下一张图片起使用</translation>
    </message>
    <message>
        <source>Seed {0}, fidelity {1}. All as on the Compare page.</source>
        <translation>种子 {0}，保真度 {1}。均与“对比”页相同。</translation>
    </message>
    <message>
        <source>This run still uses the settings it started with.</source>
        <translation>本次运行仍使用开始时的设置。</translation>
    </message>
    <message>
        <source>The interrupted run had other settings: model {0}, steps {1}, seed {2}, fidelity {3}.</source>
        <translation>中断的运行使用了其他设置：模型 {0}，步数 {1}，种子 {2}，保真度 {3}。</translation>
    </message>
    <message>
        <source>Size of results</source>
        <translation>结果的尺寸</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>结果文件夹</translation>
    </message>
    <message>
        <source>Captions cannot be used: {0}.</source>
        <translation>无法使用图片说明：{0}。</translation>
    </message>
    <message>
        <source>Captions are read from text files beside the photographs, such as holiday.txt for holiday.jpg.</source>
        <translation>图片说明从照片旁的文本文件读取，例如 holiday.jpg 对应 holiday.txt。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Resume the queue</source>
        <translation>继续队列</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Changes above apply from the next start.</source>
        <translation>以上更改从下次开始时生效。</translation>
    </message>
    <message>
        <source>Fine detail is generated, not recovered.</source>
        <translation>精细的细节由模型生成，并非还原。</translation>
    </message>
</context>
<context>
    <name>QueueState</name>
    <message>
        <source>Another window keeps the queue. What you add here ends with this window.</source>
        <translation>队列由另一个窗口管理。在此添加的内容会随本窗口关闭而消失。</translation>
    </message>
    <message>
        <source>The list of the queue was damaged and was put aside; it begins anew.</source>
        <translation>队列列表已损坏，已另存备份；现在重新开始。</translation>
    </message>
    <message>
        <source>The queue was interrupted; nothing half-written is left. It goes on when you start it.</source>
        <translation>队列曾被中断；没有留下写了一半的文件。点击“开始”即可继续。</translation>
    </message>
    <message>
        <source>The list of the queue cannot be used now. What you add here ends with this window.</source>
        <translation>队列列表目前无法使用。在此添加的内容会随本窗口关闭而消失。</translation>
    </message>
    <message>
        <source>{0} pictures added.</source>
        <translation>已添加 {0} 张图片。</translation>
    </message>
    <message>
        <source>{0} files are no pictures and were left out.</source>
        <translation>{0} 个文件不是图片，未添加。</translation>
    </message>
    <message>
        <source>{0} are waiting already.</source>
        <translation>{0} 张已在等待。</translation>
    </message>
    <message>
        <source>{0} are results of this program and were left out.</source>
        <translation>其中 {0} 个是本程序的结果，已略过。</translation>
    </message>
    <message>
        <source>{0} was not added: it is in hand now, or no longer there.</source>
        <translation>{0} 未加入：它正在处理，或已不存在。</translation>
    </message>
    <message>
        <source>{0} waits in the queue.</source>
        <translation>{0} 已在队列中等待。</translation>
    </message>
    <message>
        <source>{0} waits in the queue, with its areas and the settings of now.</source>
        <translation>{0} 已在队列中等待，带有其区域和当前设置。</translation>
    </message>
    <message>
        <source>Model {0}, steps {1}, seed {2}, fidelity {3}, {4}</source>
        <translation>模型 {0}，步数 {1}，种子 {2}，保真度 {3}，{4}</translation>
    </message>
    <message>
        <source>as the model was made for</source>
        <translation>模型的默认值</translation>
    </message>
    <message>
        <source>{0}, {1} passes</source>
        <translation>{0}，{1} 遍</translation>
    </message>
    <message>
        <source>{0}, with areas</source>
        <translation>{0}，带有区域</translation>
    </message>
</context>
<context>
    <name>QueueTable</name>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Becomes</source>
        <translation>放大后</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0}%</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
    <message>
        <source>Was there already</source>
        <translation>已存在</translation>
    </message>
    <message>
        <source>With settings of its own</source>
        <translation>使用单独的设置</translation>
    </message>
</context>
<context>
    <name>QueueView</name>
    <message>
        <source>Pictures in the queue</source>
        <translation>队列中的图片</translation>
    </message>
</context>
<context>
    <name>Readout</name>
    <message>
        <source>{0}, {1}   R {2}  G {3}  B {4}</source>
        <translation>{0}，{1}   R {2}  G {3}  B {4}</translation>
    </message>
</context>
<context>
    <name>RecipeFields</name>
    <message>
        <source>Pictures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Student</source>
        <translation>学生模型</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>训练目标</translation>
    </message>
    <message>
        <source>Losses on the picture</source>
        <translation>图像损失</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>1</source>
        <translation>1</translation>
    </message>
    <message>
        <source>The teacher's</source>
        <translation>教师的</translation>
    </message>
    <message>
        <source>Their own</source>
        <translation>自有的</translation>
    </message>
    <message>
        <source>The data's</source>
        <translation>数据的</translation>
    </message>
    <message>
        <source>The negative prompt</source>
        <translation>负向提示词</translation>
    </message>
    <message>
        <source>The null prompt</source>
        <translation>空提示词</translation>
    </message>
    <message>
        <source>Finite step (secant)</source>
        <translation>有限步长（割线）</translation>
    </message>
    <message>
        <source>Exact (JVP)</source>
        <translation>精确（JVP）</translation>
    </message>
    <message>
        <source>Midpoint of the teacher (OFTSR)</source>
        <translation>教师的中点（OFTSR）</translation>
    </message>
    <message>
        <source>Distance to the teacher's map</source>
        <translation>与教师映射的距离</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>The low-resolution branch</source>
        <translation>低分辨率分支</translation>
    </message>
    <message>
        <source>Low-rank additions (LoRA)</source>
        <translation>低秩附加（LoRA）</translation>
    </message>
</context>
<context>
    <name>RecipeStep</name>
    <message>
        <source>Name of the student</source>
        <translation>学生模型的名称</translation>
    </message>
    <message>
        <source>Get the weights of LPIPS and DISTS</source>
        <translation>获取 LPIPS 和 DISTS 的权重</translation>
    </message>
    <message>
        <source>All numbers of the recipe</source>
        <translation>配方的全部参数</translation>
    </message>
    <message>
        <source>How much shall be trained? More time makes a better student.</source>
        <translation>要训练多少？时间越长，学生模型越好。</translation>
    </message>
    <message>
        <source>By which it is chosen: letters, digits, dots, dashes.</source>
        <translation>用于选择该模型：字母、数字、点、连字符。</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>论文规模</translation>
    </message>
    <message>
        <source>Choose how much is trained and a name; then every number can be changed here.</source>
        <translation>先选择训练量并填写名称，然后即可在此修改每个参数。</translation>
    </message>
</context>
<context>
    <name>ResultDrag</name>
    <message>
        <source>The result can be copied or dragged once all of it is computed.</source>
        <translation>全部计算完成后，才能复制或拖出结果。</translation>
    </message>
    <message>
        <source>Copied {0}.</source>
        <translation>已复制 {0}。</translation>
    </message>
</context>
<context>
    <name>ResultStep</name>
    <message>
        <source>Scores of the student, its teacher, and plain enlarging</source>
        <translation>学生模型、教师模型和普通放大的得分</translation>
    </message>
    <message>
        <source>In pictures</source>
        <translation>图片对比</translation>
    </message>
    <message>
        <source>Name for people</source>
        <translation>显示名称</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>安装</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>使用它</translation>
    </message>
    <message>
        <source>Compare again</source>
        <translation>重新对比</translation>
    </message>
    <message>
        <source>Another student</source>
        <translation>再训练一个学生模型</translation>
    </message>
    <message>
        <source>The student and its teacher enlarge photographs that were not trained on.</source>
        <translation>学生模型和教师模型正在放大未参与训练的照片。</translation>
    </message>
    <message>
        <source>In numbers</source>
        <translation>数值对比</translation>
    </message>
    <message>
        <source>Means over {0} crops of {1} pixels.</source>
        <translation>{0} 个 {1} 像素裁剪块的平均值。</translation>
    </message>
    <message>
        <source>Measured on one crop of {0} pixels.</source>
        <translation>在一个 {0} 像素的裁剪块上测得。</translation>
    </message>
    <message>
        <source>PSNR, SSIM: higher is closer; LPIPS, DISTS, NIQE: lower is better.</source>
        <translation>PSNR、SSIM 越高越接近原图；LPIPS、DISTS、NIQE 越低越好。</translation>
    </message>
</context>
<context>
    <name>RunFollower</name>
    <message>
        <source>{0} has finished training.</source>
        <translation>{0} 已训练完成。</translation>
    </message>
</context>
<context>
    <name>RunStep</name>
    <message>
        <source>Progress of the training</source>
        <translation>训练进度</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop, and take the student as it is</source>
        <translation>停止，并采用当前的学生模型</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Use the current checkpoint</source>
        <translation>使用当前检查点</translation>
    </message>
    <message>
        <source>Another student</source>
        <translation>再训练一个学生模型</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>The curve begins with the first steps.</source>
        <translation>训练开始几步后显示曲线。</translation>
    </message>
    <message>
        <source>On photographs it does not train on</source>
        <translation>在未参与训练的照片上</translation>
    </message>
    <message>
        <source>Measured at every checkpoint.</source>
        <translation>在每个检查点测量。</translation>
    </message>
    <message>
        <source>Student beside its teacher</source>
        <translation>学生模型与教师模型对照</translation>
    </message>
    <message>
        <source>Pictures of the student beside its teacher and the original come with the first checkpoint.</source>
        <translation>到第一个检查点时，会显示学生模型与教师模型及原图的对照图片。</translation>
    </message>
    <message>
        <source>saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>{0:,} patches seen</source>
        <translation>已学习 {0:,} 个图像块</translation>
    </message>
    <message>
        <source>step {0:,}</source>
        <translation>第 {0:,} 步</translation>
    </message>
    <message>
        <source>{0} of training</source>
        <translation>已训练 {0}</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
    <message>
        <source>asked to save and end; it does after the step in hand</source>
        <translation>已请求保存并结束，将在当前步骤后进行</translation>
    </message>
    <message>
        <source>goes on if the window is closed</source>
        <translation>关闭窗口后仍会继续</translation>
    </message>
</context>
<context>
    <name>SavingState</name>
    <message>
        <source>{0} will be saved as soon as the whole picture is computed.</source>
        <translation>整张图像计算完成后将保存 {0}。</translation>
    </message>
    <message>
        <source>{0} was not saved, because its result was not finished. Save again when it is.</source>
        <translation>{0} 未保存，因为结果尚未完成。请在完成后重新保存。</translation>
    </message>
    <message>
        <source>This size is not possible. Choose a smaller one.</source>
        <translation>无法使用此尺寸。请选择更小的尺寸。</translation>
    </message>
    <message>
        <source>Saved {0}.</source>
        <translation>已保存 {0}。</translation>
    </message>
</context>
<context>
    <name>SeedVarianceState</name>
    <message>
        <source>Zoom in to compare seeds: the part in view is too large for it.</source>
        <translation>可见部分太大，无法比较种子。请放大显示。</translation>
    </message>
    <message>
        <source>Cyan: {0} seeds disagree here, so this is invented</source>
        <translation>青色：{0} 个种子在此处不一致，属于模型虚构</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Looks</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Screen profile</source>
        <translation>屏幕配置文件</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>询问</translation>
    </message>
    <message>
        <source>Finish in the background</source>
        <translation>在后台完成</translation>
    </message>
    <message>
        <source>Stop, resume next time</source>
        <translation>停止，下次继续</translation>
    </message>
    <message>
        <source>Running queue at exit</source>
        <translation>退出时正在运行的队列</translation>
    </message>
    <message>
        <source>At the start</source>
        <translation>启动时</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Graphics card (CUDA)</source>
        <translation>显卡 (CUDA)</translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation>Apple GPU</translation>
    </message>
    <message>
        <source>32 bits (fp32)</source>
        <translation>32 位 (fp32)</translation>
    </message>
    <message>
        <source>16 bits (bf16)</source>
        <translation>16 位 (bf16)</translation>
    </message>
    <message>
        <source>16 bits (fp16)</source>
        <translation>16 位 (fp16)</translation>
    </message>
    <message>
        <source>Model at the start</source>
        <translation>启动时的模型</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>内存上限</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>If the name is taken</source>
        <translation>名称已被占用时</translation>
    </message>
    <message>
        <source>Keep the location</source>
        <translation>保留拍摄地点</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Keep the date</source>
        <translation>保留日期</translation>
    </message>
    <message>
        <source>Own results in folders</source>
        <translation>文件夹中的自身结果</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>采用</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>无限制</translation>
    </message>
    <message>
        <source>Example: {0}</source>
        <translation>示例：{0}</translation>
    </message>
</context>
<context>
    <name>SettingsState</name>
    <message>
        <source>The preset asks for the model {0}, which is not installed.</source>
        <translation>该预设需要模型 {0}，但尚未安装。</translation>
    </message>
</context>
<context>
    <name>SignIn</name>
    <message>
        <source>Account on the hub</source>
        <translation>模型中心账户</translation>
    </message>
    <message>
        <source>A token that may read is made here: {0}</source>
        <translation>可在此处创建具有读取权限的令牌：{0}</translation>
    </message>
    <message>
        <source>Token of the hub</source>
        <translation>模型中心的令牌</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>A token is stored on this computer. Another one replaces it.</source>
        <translation>这台计算机上已保存令牌。输入新令牌会替换它。</translation>
    </message>
    <message>
        <source>Gated models need a free account. The token is stored by the hub's own login, as its command does.</source>
        <translation>受限模型需要免费账户。令牌由模型中心自己的登录程序保存，与其命令行相同。</translation>
    </message>
</context>
<context>
    <name>SizeField</name>
    <message>
        <source>Size of the saved file</source>
        <translation>保存文件的尺寸</translation>
    </message>
    <message>
        <source>Percent</source>
        <translation>百分比</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>{0:g}×</source>
        <translation>{0:g} 倍</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>Long side</source>
        <translation>长边</translation>
    </message>
    <message>
        <source>Short side</source>
        <translation>短边</translation>
    </message>
    <message>
        <source>Print width in cm</source>
        <translation>打印宽度（厘米）</translation>
    </message>
    <message>
        <source>Print width in inches</source>
        <translation>打印宽度（英寸）</translation>
    </message>
    <message>
        <source>Pixels of that side</source>
        <translation>该边的像素数</translation>
    </message>
    <message>
        <source>Print width</source>
        <translation>打印宽度</translation>
    </message>
    <message>
        <source>Pixels per inch</source>
        <translation>每英寸像素</translation>
    </message>
    <message>
        <source> dpi</source>
        <translation> 像素/英寸</translation>
    </message>
    <message>
        <source>Run the model twice</source>
        <translation>运行模型两遍</translation>
    </message>
    <message>
        <source>The second pass enlarges the result of the first. It takes longer, and more of the detail is invented.</source>
        <translation>第二遍放大第一遍的结果。用时更长，也有更多细节是虚构的。</translation>
    </message>
    <message>
        <source> cm</source>
        <translation> 厘米</translation>
    </message>
    <message>
        <source> in</source>
        <translation> 英寸</translation>
    </message>
    <message>
        <source> px</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source> %</source>
        <translation>%</translation>
    </message>
</context>
<context>
    <name>StepHeader</name>
    <message>
        <source>Step {0} of {1}: {2}</source>
        <translation>第 {0} 步，共 {1} 步：{2}</translation>
    </message>
</context>
<context>
    <name>SweepSection</name>
    <message>
        <source>Part in view at every number of steps</source>
        <translation>各种步数下的可见部分</translation>
    </message>
    <message>
        <source>Of other settings. Compute again to see those in use.</source>
        <translation>来自其他设置。重新计算即可查看当前设置的结果。</translation>
    </message>
    <message>
        <source>{0} of {1} computed</source>
        <translation>已计算 {0} / {1}</translation>
    </message>
    <message>
        <source>All computed: click one to see it large</source>
        <translation>全部计算完成：点击可放大查看</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>{0} steps</source>
        <translation>{0} 步</translation>
    </message>
    <message>
        <source>{0} · {1}</source>
        <translation>{0} · {1}</translation>
    </message>
    <message>
        <source>{0} · computing</source>
        <translation>{0} · 正在计算</translation>
    </message>
</context>
<context>
    <name>TeacherStep</name>
    <message>
        <source>Encode its prompts…</source>
        <translation>编码提示词…</translation>
    </message>
    <message>
        <source>Continue without</source>
        <translation>不编码继续</translation>
    </message>
    <message>
        <source>A student learns to make in one step what its teacher makes in many. Choose the teacher.</source>
        <translation>学生模型学习用一步完成教师模型需要多步完成的结果。请选择教师模型。</translation>
    </message>
    <message>
        <source>Take a model folder…</source>
        <translation>使用模型文件夹…</translation>
    </message>
    <message>
        <source>No teacher is installed. Take the folder of one, or import it on the models page.</source>
        <translation>尚未安装教师模型。请使用教师模型的文件夹，或在“模型”页导入。</translation>
    </message>
    <message>
        <source>Download…</source>
        <translation>下载…</translation>
    </message>
    <message>
        <source>at least {0}</source>
        <translation>至少 {0}</translation>
    </message>
    <message>
        <source>needs an account</source>
        <translation>需要账户</translation>
    </message>
    <message>
        <source>no account needed</source>
        <translation>无需账户</translation>
    </message>
    <message>
        <source>Your trainings</source>
        <translation>您的训练</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Folder of a teacher</source>
        <translation>教师模型文件夹</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>Left picture</source>
        <translation>左侧图像</translation>
    </message>
    <message>
        <source>Right picture</source>
        <translation>右侧图像</translation>
    </message>
</context>
<context>
    <name>ViewerBar</name>
    <message>
        <source>Left side shows</source>
        <translation>左侧显示</translation>
    </message>
    <message>
        <source>Right side shows</source>
        <translation>右侧显示</translation>
    </message>
    <message>
        <source>Strength of the difference: {0} times</source>
        <translation>差异强度：{0} 倍</translation>
    </message>
    <message>
        <source>Strength of the overlay: {0} %</source>
        <translation>叠加层强度：{0}%</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>文件…</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>{0:.1f} s</source>
        <translation>{0:.1f} 秒</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} min {1} s</source>
        <translation>{0} 分 {1} 秒</translation>
    </message>
    <message>
        <source>{0} h</source>
        <translation>{0} 小时</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} 小时 {1} 分</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0}%</translation>
    </message>
    <message>
        <source>Find another name</source>
        <translation>换一个名称</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Replace it if it is outdated</source>
        <translation>过期则替换</translation>
    </message>
    <message>
        <source>Leave it and skip</source>
        <translation>保留并跳过</translation>
    </message>
    <message>
        <source>{0} days</source>
        <translation>{0} 天</translation>
    </message>
    <message>
        <source>{0} to {1} months</source>
        <translation>{0} 到 {1} 个月</translation>
    </message>
    <message>
        <source>{0} to {1} days</source>
        <translation>{0} 到 {1} 天</translation>
    </message>
    <message>
        <source>{0} to {1} h</source>
        <translation>{0} 到 {1} 小时</translation>
    </message>
    <message>
        <source>{0} to {1} min</source>
        <translation>{0} 到 {1} 分钟</translation>
    </message>
    <message>
        <source>{0:.1f} GB</source>
        <translation>{0:.1f} GB</translation>
    </message>
    <message>
        <source>{0:.1f} MB</source>
        <translation>{0:.1f} MB</translation>
    </message>
    <message>
        <source>{0:.1f} kB</source>
        <translation>{0:.1f} kB</translation>
    </message>
    <message>
        <source>{0:.0f} megapixels</source>
        <translation>{0:.0f} 百万像素</translation>
    </message>
    <message>
        <source>{0:.1f} megapixels</source>
        <translation>{0:.1f} 百万像素</translation>
    </message>
    <message>
        <source>{0:.0f} kilopixels</source>
        <translation>{0:.0f} 千像素</translation>
    </message>
    <message>
        <source>{0:.1f} kilopixels</source>
        <translation>{0:.1f} 千像素</translation>
    </message>
    <message>
        <source>the processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>the graphics card</source>
        <translation>显卡</translation>
    </message>
</context>
<context>
    <name>ZoomBar</name>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>{0:.0f} %</source>
        <translation>{0:.0f}%</translation>
    </message>
    <message>
        <source>Zoom, {0}</source>
        <translation>缩放，{0}</translation>
    </message>
</context>
</TS>
