// SPDX-License-Identifier: MIT
#pragma once

#include <QHeaderView>
#include <QProxyStyle>

namespace reverxy::ui {

/// What the lists of this window change of the user's style: room around the texts of cells, and boxes that are
/// seen on dark palettes and on selected rows too.
class ListStyle : public QProxyStyle {
    Q_OBJECT
  public:
    static constexpr int margin = 5; // left and right of a cell's text

    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
};

/// The titles of columns: quiet, in line with the texts below them.
class ListHeader : public QHeaderView {
    Q_OBJECT
  public:
    explicit ListHeader(QWidget* parent = nullptr);

    QSize sizeHint() const override;
    /// The width that the title of `section` needs.
    int titleWidth(int section) const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
};

} // namespace reverxy::ui
