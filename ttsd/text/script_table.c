/*
 * Data of script.c, sorted for binary search. Made by a program, not by hand.
 */
#include "ttsd/text/script_table.h"

/* The Script property of Unicode 15.0 (Scripts-15.0.0.txt, as ICU 72.1 has
 * it); gaps of unassigned code points inside a script's ranges are closed,
 * Hiragana and Katakana are one, and scripts without a row in SCRIPTS left
 * out. */
const struct script_range script_ranges[] = {
	{ 0x0041, 0x005a, SCRIPT_LATIN },
	{ 0x0061, 0x007a, SCRIPT_LATIN },
	{ 0x00aa, 0x00aa, SCRIPT_LATIN },
	{ 0x00ba, 0x00ba, SCRIPT_LATIN },
	{ 0x00c0, 0x00d6, SCRIPT_LATIN },
	{ 0x00d8, 0x00f6, SCRIPT_LATIN },
	{ 0x00f8, 0x02b8, SCRIPT_LATIN },
	{ 0x02e0, 0x02e4, SCRIPT_LATIN },
	{ 0x02ea, 0x02eb, SCRIPT_BOPOMOFO },
	{ 0x0370, 0x0373, SCRIPT_GREEK },
	{ 0x0375, 0x037d, SCRIPT_GREEK },
	{ 0x037f, 0x0384, SCRIPT_GREEK },
	{ 0x0386, 0x0386, SCRIPT_GREEK },
	{ 0x0388, 0x03e1, SCRIPT_GREEK },
	{ 0x03f0, 0x03ff, SCRIPT_GREEK },
	{ 0x0400, 0x0484, SCRIPT_CYRILLIC },
	{ 0x0487, 0x052f, SCRIPT_CYRILLIC },
	{ 0x0531, 0x058f, SCRIPT_ARMENIAN },
	{ 0x0591, 0x05f4, SCRIPT_HEBREW },
	{ 0x0600, 0x0604, SCRIPT_ARABIC },
	{ 0x0606, 0x060b, SCRIPT_ARABIC },
	{ 0x060d, 0x061a, SCRIPT_ARABIC },
	{ 0x061c, 0x061e, SCRIPT_ARABIC },
	{ 0x0620, 0x063f, SCRIPT_ARABIC },
	{ 0x0641, 0x064a, SCRIPT_ARABIC },
	{ 0x0656, 0x066f, SCRIPT_ARABIC },
	{ 0x0671, 0x06dc, SCRIPT_ARABIC },
	{ 0x06de, 0x06ff, SCRIPT_ARABIC },
	{ 0x0750, 0x077f, SCRIPT_ARABIC },
	{ 0x0780, 0x07b1, SCRIPT_THAANA },
	{ 0x0870, 0x08e1, SCRIPT_ARABIC },
	{ 0x08e3, 0x08ff, SCRIPT_ARABIC },
	{ 0x0900, 0x0950, SCRIPT_DEVANAGARI },
	{ 0x0955, 0x0963, SCRIPT_DEVANAGARI },
	{ 0x0966, 0x097f, SCRIPT_DEVANAGARI },
	{ 0x0980, 0x09fe, SCRIPT_BENGALI },
	{ 0x0a01, 0x0a76, SCRIPT_GURMUKHI },
	{ 0x0a81, 0x0aff, SCRIPT_GUJARATI },
	{ 0x0b01, 0x0b77, SCRIPT_ORIYA },
	{ 0x0b82, 0x0bfa, SCRIPT_TAMIL },
	{ 0x0c00, 0x0c7f, SCRIPT_TELUGU },
	{ 0x0c80, 0x0cf3, SCRIPT_KANNADA },
	{ 0x0d00, 0x0d7f, SCRIPT_MALAYALAM },
	{ 0x0d81, 0x0df4, SCRIPT_SINHALA },
	{ 0x0e01, 0x0e3a, SCRIPT_THAI },
	{ 0x0e40, 0x0e5b, SCRIPT_THAI },
	{ 0x0e81, 0x0edf, SCRIPT_LAO },
	{ 0x0f00, 0x0fd4, SCRIPT_TIBETAN },
	{ 0x0fd9, 0x0fda, SCRIPT_TIBETAN },
	{ 0x1000, 0x109f, SCRIPT_MYANMAR },
	{ 0x10a0, 0x10fa, SCRIPT_GEORGIAN },
	{ 0x10fc, 0x10ff, SCRIPT_GEORGIAN },
	{ 0x1100, 0x11ff, SCRIPT_HANGUL },
	{ 0x1200, 0x1399, SCRIPT_ETHIOPIC },
	{ 0x13a0, 0x13fd, SCRIPT_CHEROKEE },
	{ 0x1780, 0x17f9, SCRIPT_KHMER },
	{ 0x1800, 0x1801, SCRIPT_MONGOLIAN },
	{ 0x1804, 0x1804, SCRIPT_MONGOLIAN },
	{ 0x1806, 0x18aa, SCRIPT_MONGOLIAN },
	{ 0x19e0, 0x19ff, SCRIPT_KHMER },
	{ 0x1c80, 0x1c88, SCRIPT_CYRILLIC },
	{ 0x1c90, 0x1cbf, SCRIPT_GEORGIAN },
	{ 0x1d00, 0x1d25, SCRIPT_LATIN },
	{ 0x1d26, 0x1d2a, SCRIPT_GREEK },
	{ 0x1d2b, 0x1d2b, SCRIPT_CYRILLIC },
	{ 0x1d2c, 0x1d5c, SCRIPT_LATIN },
	{ 0x1d5d, 0x1d61, SCRIPT_GREEK },
	{ 0x1d62, 0x1d65, SCRIPT_LATIN },
	{ 0x1d66, 0x1d6a, SCRIPT_GREEK },
	{ 0x1d6b, 0x1d77, SCRIPT_LATIN },
	{ 0x1d78, 0x1d78, SCRIPT_CYRILLIC },
	{ 0x1d79, 0x1dbe, SCRIPT_LATIN },
	{ 0x1dbf, 0x1dbf, SCRIPT_GREEK },
	{ 0x1e00, 0x1eff, SCRIPT_LATIN },
	{ 0x1f00, 0x1ffe, SCRIPT_GREEK },
	{ 0x2071, 0x2071, SCRIPT_LATIN },
	{ 0x207f, 0x207f, SCRIPT_LATIN },
	{ 0x2090, 0x209c, SCRIPT_LATIN },
	{ 0x2126, 0x2126, SCRIPT_GREEK },
	{ 0x212a, 0x212b, SCRIPT_LATIN },
	{ 0x2132, 0x2132, SCRIPT_LATIN },
	{ 0x214e, 0x214e, SCRIPT_LATIN },
	{ 0x2160, 0x2188, SCRIPT_LATIN },
	{ 0x2c60, 0x2c7f, SCRIPT_LATIN },
	{ 0x2d00, 0x2d2d, SCRIPT_GEORGIAN },
	{ 0x2d80, 0x2dde, SCRIPT_ETHIOPIC },
	{ 0x2de0, 0x2dff, SCRIPT_CYRILLIC },
	{ 0x2e80, 0x2fd5, SCRIPT_HAN },
	{ 0x3005, 0x3005, SCRIPT_HAN },
	{ 0x3007, 0x3007, SCRIPT_HAN },
	{ 0x3021, 0x3029, SCRIPT_HAN },
	{ 0x302e, 0x302f, SCRIPT_HANGUL },
	{ 0x3038, 0x303b, SCRIPT_HAN },
	{ 0x3041, 0x3096, SCRIPT_KANA },
	{ 0x309d, 0x309f, SCRIPT_KANA },
	{ 0x30a1, 0x30fa, SCRIPT_KANA },
	{ 0x30fd, 0x30ff, SCRIPT_KANA },
	{ 0x3105, 0x312f, SCRIPT_BOPOMOFO },
	{ 0x3131, 0x318e, SCRIPT_HANGUL },
	{ 0x31a0, 0x31bf, SCRIPT_BOPOMOFO },
	{ 0x31f0, 0x31ff, SCRIPT_KANA },
	{ 0x3200, 0x321e, SCRIPT_HANGUL },
	{ 0x3260, 0x327e, SCRIPT_HANGUL },
	{ 0x32d0, 0x32fe, SCRIPT_KANA },
	{ 0x3300, 0x3357, SCRIPT_KANA },
	{ 0x3400, 0x4dbf, SCRIPT_HAN },
	{ 0x4e00, 0x9fff, SCRIPT_HAN },
	{ 0xa640, 0xa69f, SCRIPT_CYRILLIC },
	{ 0xa722, 0xa787, SCRIPT_LATIN },
	{ 0xa78b, 0xa7ff, SCRIPT_LATIN },
	{ 0xa8e0, 0xa8ff, SCRIPT_DEVANAGARI },
	{ 0xa960, 0xa97c, SCRIPT_HANGUL },
	{ 0xa9e0, 0xa9fe, SCRIPT_MYANMAR },
	{ 0xaa60, 0xaa7f, SCRIPT_MYANMAR },
	{ 0xab01, 0xab2e, SCRIPT_ETHIOPIC },
	{ 0xab30, 0xab5a, SCRIPT_LATIN },
	{ 0xab5c, 0xab64, SCRIPT_LATIN },
	{ 0xab65, 0xab65, SCRIPT_GREEK },
	{ 0xab66, 0xab69, SCRIPT_LATIN },
	{ 0xab70, 0xabbf, SCRIPT_CHEROKEE },
	{ 0xac00, 0xd7fb, SCRIPT_HANGUL },
	{ 0xf900, 0xfad9, SCRIPT_HAN },
	{ 0xfb00, 0xfb06, SCRIPT_LATIN },
	{ 0xfb13, 0xfb17, SCRIPT_ARMENIAN },
	{ 0xfb1d, 0xfb4f, SCRIPT_HEBREW },
	{ 0xfb50, 0xfd3d, SCRIPT_ARABIC },
	{ 0xfd40, 0xfdff, SCRIPT_ARABIC },
	{ 0xfe2e, 0xfe2f, SCRIPT_CYRILLIC },
	{ 0xfe70, 0xfefc, SCRIPT_ARABIC },
	{ 0xff21, 0xff3a, SCRIPT_LATIN },
	{ 0xff41, 0xff5a, SCRIPT_LATIN },
	{ 0xff66, 0xff6f, SCRIPT_KANA },
	{ 0xff71, 0xff9d, SCRIPT_KANA },
	{ 0xffa0, 0xffdc, SCRIPT_HANGUL },
	{ 0x10140, 0x1018e, SCRIPT_GREEK },
	{ 0x101a0, 0x101a0, SCRIPT_GREEK },
	{ 0x10780, 0x107ba, SCRIPT_LATIN },
	{ 0x10e60, 0x10e7e, SCRIPT_ARABIC },
	{ 0x10efd, 0x10eff, SCRIPT_ARABIC },
	{ 0x111e1, 0x111f4, SCRIPT_SINHALA },
	{ 0x11660, 0x1166c, SCRIPT_MONGOLIAN },
	{ 0x11b00, 0x11b09, SCRIPT_DEVANAGARI },
	{ 0x11fc0, 0x11fff, SCRIPT_TAMIL },
	{ 0x16fe2, 0x16fe3, SCRIPT_HAN },
	{ 0x16ff0, 0x16ff1, SCRIPT_HAN },
	{ 0x1aff0, 0x1b167, SCRIPT_KANA },
	{ 0x1d200, 0x1d245, SCRIPT_GREEK },
	{ 0x1df00, 0x1df2a, SCRIPT_LATIN },
	{ 0x1e030, 0x1e08f, SCRIPT_CYRILLIC },
	{ 0x1e7e0, 0x1e7fe, SCRIPT_ETHIOPIC },
	{ 0x1ee00, 0x1eef1, SCRIPT_ARABIC },
	{ 0x1f200, 0x1f200, SCRIPT_KANA },
	{ 0x20000, 0x323af, SCRIPT_HAN },
};

const size_t script_range_count =
    sizeof(script_ranges) / sizeof(script_ranges[0]);

/* Characters that common Chinese text has and Japanese text has not: level 1
 * of GB 2312 (simplified) and of Big5 (traditional) without JIS X 0208, as
 * the codecs of Python 3.11 know them, and 它很沒窗站跟這們, which JIS X 0208
 * has and Japanese does without. In the order of code points, three bytes
 * each. */
const char script_chinese_only[] =
    "专业丛东丝丟丢两严丧丫丰临为丽举么义乌乐乒乓乔习乡书乩买亏亚产亩亲"
    "亿仃仅仑仓仪们仳份仿伋伕众优伙伞伟传伤伦伪佈佔你佣佬佺佾侄侗侣侥侦"
    "侧侨侩侷俏俞俠俩俭俱倀倌們倘债值倾偌偎偭偯偷偺偿傈傖傢傣储傯傻僇僎"
    "僩僱僳儅儈儐儳儸兑兕兗內兰关兴兹养兽冈军农冯冻净减凑凤凯凳击凿刁划"
    "刖刘则刚创删刨别刽剁剂剎剐剑剜剝剧剷劂劊劓劝办务动劲劳劻势勋勛勰勻"
    "匀匾华协单卖卡卢卤卧卫卹厅历厉压厌厕厝厢厲县叁发变叠另叵叹叻叼吆吒"
    "吓吕吗吞吧吨启吱吳吴吵呃呐呕员呛呜呢呸咕咖咙咚咦咧咩咪咱咻咿哆响哎"
    "哑哗哟哪哼唁唉唤唧唬唷啁啃啊啕啞啟啡啤啥啦啪啮啸喂喔喱喲喳喷喻嗆嗉"
    "嗎嗑嗓嗡嗥嗦嗨嗯嗶嘀嘈嘍嘎嘐嘟嘮嘰嘹嘻嘿噓噗噙噢噥噩噯噱噶噹嚅嚎嚐"
    "嚕嚣嚨嚷囉囊囌囝团囤囪囫园囱围图圆圣圩圬圯圳场圾坍块坚坛坝坞坟坠坯"
    "坷坼垃垄垒垛垦垫垮埂埤堉堑堠塌塭塽墀墊墒墙增墦墩壎壢壩壳壶处备复夔"
    "够夠夤夯头夹夺奋奖奭奶她妆妇妈妒妞妤妮妯妳姅姊姍姒姘姣姬娄娇娌娓娛"
    "娣娱婊婴婶婷媧媲媳嫘嫵嬈嬝嬤嬴嬸孓孙孪孽孿宁它实宠审宪宫宽宾寬对寻"
    "导尔尘尝尧尬尷层屉屘屜屝屢屨屿岁岂岗岛岭岿峒峦峴崁崆崤崧崭崴嵇嶔嶸"
    "巔巢巩币帅师帐帕帘帜帟带帧帮幂幛幫庆庐库应庙庞废庾廄开异弈弒张弹强"
    "彆归录彤彥彻很徉徜徬徵德忆忧忪怀态怂怔怵总恳恶恼恿悅您悬悯悻惊惋惕"
    "惦惩惫惭惮惯愒愜愣愤愷慑慼憋憨懂懒懵戏戕战戢戶户戾扑扒扔扦执扩扫扬"
    "扭扯扰扳抆抚抠抡抢护报抨抿拄拋拎拖拚拟拢拣拥拦拧拨择拴拼拽挎挖挚挛"
    "挝挞挠挡挣挤挥挪捂捅捆捎捞损捡换捣捱掂掄掇掐掙掳掷掸掺揍揪揭揹揽搀"
    "搁搂搅搐搔搞搪搽摄摆摇摈摊摑摒摔摟摭摹摻撂撅撇撐撑撙撢撬撳撵撾撿擄"
    "擊擋擎擞擭擰擷擻攆攏攒攔攙敉敌敔敛斋斕斩旎旖时旷昀昕昤昱显晅晌晓晕"
    "晚晷晾暂暍暨暱曆曬术朵杀杂权杗杨极构枓枣枪枫枰柒柙柜柠查栅标栈栋栏"
    "树栘样桅桌桥桨桩梂梆梡检棱棵棻椭楛楣楨榆榣榦榨榫榭榷槛槳樁樑樱橫橱"
    "橾檔檯櫝櫥櫬欐欢歜步歧歲歷歼殮毁每毕毖毗毙毚毡毽氅氐氖氟氢氦氧氨氫"
    "氬氮氯氰氳汇汉汍汙汛污汤汴汶汹沅沆沉沏沒沔沘沟沤沥沦沧沪沬泖泜泞泠"
    "泵泻泼泽洁洎洧洮洱洹洼浆浇浊测济浑浓浥涂涇涉涊涔涝涟涡涣涤润涧涨涩"
    "涪涮涿淄淖淚渍渐渔渗渲渴湄湔湣湩溃溅溉溧溫溴溼滁滇滚满滤滥滦滨滩漩"
    "漪漯漳潍潑潞潠澈澜澠澦澧澴澶濒濩濰瀆瀨灞灤灭灵灶灾灿炔炕炤炫炼炽烁"
    "烂烃烊烘烛烤烦烧烩烫烬热烯烷焊焕焰煆煜煞煨熒燄燙燜燴燸燾爱爷爸爹牖"
    "牠牯牵牺犄犊犛狀狈狞狮狰狱猎猓猙獐獭獷玀玆玛玟玥玨玫环现玷珐琊琍琐"
    "琛琦琨琪琯琼瑭璀璘璜璟璣璦璨璩璿瓖瓚瓤產甩甭电甽畅畎疗疙疟疡疢疤疮"
    "疯痈痉痠痪痱痹瘀瘓瘦瘩瘪瘫瘸瘺癟癣癥癮癱皂皑皱盅盎盏盐监盔盘盯盹盼"
    "眨眯眶眾睁睏睜睞睢睪睬睽瞄瞅瞇瞌瞒瞟瞧瞩瞪矓矫矽矾矿码砍砖砚砝砟砭"
    "砰砷砸砾础硃硎硒硕确硷硿碉碘碟碰碱碳碴磕磷磺祆祸禱离秃秆秈种积秸秽"
    "稅稞稳穋穌穠穷窍窑窗窜窝窠窥竖站竞竽笔笮笺笼筛筠筷筹签简箄箠箩篓篙"
    "篛篡篮篱篾簌簞籣籮籲类籽粪粵糕糙糝糰紇紉紧紱紼絀絕絰綁綑綞綠緙緣緹"
    "縈縐縑縝縯縴縿繅繈繒繡繫繳纠红纤约级纪纫纬纯纱纲纳纵纶纷纸纹纺纽线"
    "练组绅细织终绊绍绎经绑绒结绕绘给绚络绝绞统绢绣绥绦继绩绪续绰绳维绵"
    "绷绸综绽绿缀缄缅缆缉缎缓缔缕编缘缚缝缠缨缩缮缴缽罄罈罗罚罢羋羡羼羿"
    "翎翘翟翮翱耍耑耦耪耸聂聋职联聪聱肃肠肤肫肮肾肿胀胁胜胭胰胳胶胺脏脐"
    "脑脓脖脤脫脰脸腊腌腳腻腾膘膛臃臏臢臬舀舆舔舢舨舰舱艋艰艳艺节芜芣芰"
    "芷芾苇苍苏苯茁茧茬荃荆荔荚荡荣荤荧荫药荸莆莒莘莧莲获莹菇菏菔菸萊萝"
    "萤营萧萨蒞蓀蓓蓝蓟蔣蔥蔫蔷蔼蕙蕞蕴薰蘑蘸虏虑虛虺虽虾蚀蚁蚂蚜蚱蚵蛀"
    "蛊蛐蛰蜇蜓蜕蜗蜡蜢蝇螃螞蟈蟑蟬蠔蠟衅衔补衬衹袄袜袭裊裒裤裯褕褚褡褲"
    "褽襬覜见观规觅视览觉觔觼訏訑訕訢訾詖詨詹詻誊誧說誶諉諶諼謊譆譙讜计"
    "订讣认讥讨让讫训议讯记讲讳讶许讹论讼讽设访诀证评诅识诈诉诊诌词译试"
    "诗诚诛话诞诡询诣该详诧诫诬语误诱诲说诵请诸诺读诽课谁调谅谆谈谊谋谍"
    "谎谐谓谗谚谜谢谣谤谦谨谩谬谭谰谱谴豉豔豭豳貓賅賒賡賬賴賸贗贛贝贞负"
    "贡财责贤败账货质贩贪贫贬购贮贯贰贱贴贵贷贸费贺贼贾贿赁赂赃资赊赋赌"
    "赎赏赐赔赖赘赚赛赞赠赡赢赣赵赶趋趕趟趴跃跆跎跑跟跤跦跺踌踡踢踩踫踱"
    "踹蹋蹦蹬蹭蹺蹿躂躉躲躺軀軏軔輞輥轔车轧轨轩转轮软轰轴轻载轿较辅辆辈"
    "辉辊辐辑输辕辖辗辙辦辩辫边辽达迁迆过迈运还这进远违连迟迤迨适选逊递"
    "這逛逻遗遛遝遢遴邈邋邐邓邕邢邮邶邹邻郃郑郝郧郴郸郾鄉鄗鄘鄞鄧鄱鄴鄹"
    "酈酗酚酝酞酮酱酴酶酿醃醚醛醞醣醬醮醱釅释釗釙釩釭鈇鈉鈐鈣鈸鈹鈽鈾鉀"
    "鉍鉑鉴鉸鉻鉼銨銬銲銳銻銼鋁鋅鋇鋰錄錕錡錳錶鍊鍚鍥鍰鎂鎊鎘鎢鎳鏍鏜鏟"
    "鏢鏽鐮鐲鐳鑣鑤鑲针钉钎钒钓钙钝钞钟钠钡钢钥钦钧钨钩钮钱钳钵钻钾铀铁"
    "铂铃铅铆铜铝铡铣铬铭铰铱铲银铸铺链销锁锄锅锈锋锌锐锑锗错锚锡锣锤锥"
    "锦锨锭键锯锰锹锻镀镁镇镊镍镐镑镜镣镭镰镶长閎閒閡閩閱闆闈闋闐门闪闭"
    "问闯闰闲间闷闸闹闺闻闽阀阁阂阅阉阎阐阑阔队阬阱阳阴阵阶际陆陇陈陕陘"
    "陡陨险陴隄隐难雊雏雒雞雩雯雾霉靛靳靶韁韉韌韦韧韩韹頊頜頫頰頹顓顥页"
    "顶顷项顺须顽顾顿颁颂预颅领颇颈颊颐频颓颖颗题颜额颠颤颧颳颺颼风飘飞"
    "飧飪餚餛餵餿饜饞饥饭饮饯饰饱饲饵饶饺饼饿馁馅馆馈馋馏馒馱駙騖騵马驭"
    "驮驯驰驱驳驴驶驹驻驼驾骂骄骆骇骋验骏骑骗骚骡骤骯骷髁髒髖髡鬃鬍魷鯈"
    "鯧鯽鰱鱉鱔鱖鱟鱷鱼鲁鲍鲜鲤鲸鳃鳖鳞鵪鷗鷥鸟鸡鸣鸥鸦鸭鸯鸳鸵鸽鸿鹃鹅"
    "鹊鹏鹤鹰鹼麂麴麵黃黑鼙鼯鼴齐齜齿龄龋龐龔龙龚龟";

const size_t script_chinese_only_len = sizeof(script_chinese_only) - 1;
