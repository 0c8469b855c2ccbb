// SPDX-License-Identifier: MIT
#include "ui/widgets/painted_icon.h"
#include "ui/widgets/tones.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include <cmath>
#include <set>

using namespace reverxy;
using ui::Mark;

/// What the colours promise to people: contrast, and shapes that do without them.
class TestTones : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void textIsReadable_data();
    void textIsReadable();
    void marksAreSeen_data();
    void marksAreSeen();
    void everyMarkHasAShapeOfItsOwn();
    void iconsFollowThePaletteAndTheScale();
};

/// WCAG 2, relative luminance and contrast ratio.
static double luminance(const QColor& colour) {
    const auto linear = [](double value) {
        return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

static double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

static QPalette paletteOf(const char* window, const char* base, const char* text) {
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(QLatin1String(window)));
    palette.setColor(QPalette::Base, QColor(QLatin1String(base)));
    palette.setColor(QPalette::WindowText, QColor(QLatin1String(text)));
    palette.setColor(QPalette::Text, QColor(QLatin1String(text)));
    return palette;
}

static void palettes() {
    QTest::addColumn<QPalette>("palette");
    QTest::addColumn<bool>("dark");

    QTest::newRow("Fusion, light") << paletteOf("#efefef", "#ffffff", "#000000") << false;
    QTest::newRow("Adwaita, light") << paletteOf("#f6f5f4", "#ffffff", "#2e3436") << false;
    QTest::newRow("Breeze, dark") << paletteOf("#2a2e32", "#1b1e20", "#fcfcfc") << true;
    QTest::newRow("Adwaita, dark") << paletteOf("#353535", "#2d2d2d", "#eeeeec") << true;
    QTest::newRow("black") << paletteOf("#000000", "#000000", "#ffffff") << true;
}

void TestTones::textIsReadable_data() {
    palettes();
}

void TestTones::textIsReadable() {
    QFETCH(QPalette, palette);
    QFETCH(bool, dark);
    const ui::Tones tones = ui::tonesOf(palette);
    QCOMPARE(tones.dark, dark);
    for (const QColor& ground : {palette.color(QPalette::Window), palette.color(QPalette::Base), tones.panel}) {
        QVERIFY2(contrast(tones.muted, ground) >= 4.5, "secondary text");
        QVERIFY2(contrast(tones.badText, ground) >= 4.5, "alarming text");
    }
}

void TestTones::marksAreSeen_data() {
    palettes();
}

void TestTones::marksAreSeen() {
    QFETCH(QPalette, palette);
    const ui::Tones tones = ui::tonesOf(palette);
    for (int mark = int(Mark::Good); mark <= int(Mark::ClientGone); ++mark) {
        if (mark == int(Mark::Running) || mark == int(Mark::Pending))
            continue; // in the user's own colour
        const double seen = contrast(tones.of(Mark(mark)), palette.color(QPalette::Base));
        QVERIFY2(seen >= 2.3, qPrintable(QStringLiteral("mark %1: %2").arg(mark).arg(seen)));
    }
}

void TestTones::everyMarkHasAShapeOfItsOwn() {
    // States stand in one list, outcomes in another; within each no two look alike without colour.
    const std::pair<Mark, Mark> groups[] = {{Mark::Good, Mark::Draining}, {Mark::Running, Mark::ClientGone}};
    for (const auto& [first, last] : groups) {
        std::set<QByteArray> seen;
        for (int mark = int(first); mark <= int(last); ++mark) {
            QImage image(24, 24, QImage::Format_ARGB32_Premultiplied);
            image.fill(Qt::white);
            QPainter painter(&image);
            ui::paintMark(painter, image.rect(), Mark(mark), Qt::black, Qt::white);
            painter.end();
            const QByteArray bits(reinterpret_cast<const char*>(image.constBits()), image.sizeInBytes());
            QVERIFY2(seen.insert(bits).second, qPrintable(QString::number(mark)));
        }
    }
}

void TestTones::iconsFollowThePaletteAndTheScale() {
    const QIcon icon = ui::iconOf(ui::Sign::Copy, QPalette());
    QCOMPARE(icon.pixmap(QSize(16, 16), 2.0).size(), QSize(32, 32));
    const QImage normal = icon.pixmap(QSize(16, 16), 1.0, QIcon::Normal).toImage();
    const QImage disabled = icon.pixmap(QSize(16, 16), 1.0, QIcon::Disabled).toImage();
    QVERIFY(normal != disabled);
    QVERIFY(!ui::emblem().pixmap(64).isNull());
}

QTEST_MAIN(TestTones)
#include "test_tones.moc"
