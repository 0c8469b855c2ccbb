// SPDX-License-Identifier: MIT
#include "ui/widgets/splitter.h"

#include "ui/widgets/tones.h"

#include <QPainter>

namespace reverxy::ui {

namespace {

class Hairline final : public QSplitterHandle {
  public:
    using QSplitterHandle::QSplitterHandle;

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.fillRect(rect(), palette().color(QPalette::Base));
        const QColor colour = tonesOf(palette()).hairline;
        if (orientation() == Qt::Vertical)
            painter.fillRect(QRect(0, height() / 2, width(), 1), colour);
        else
            painter.fillRect(QRect(width() / 2, 0, 1, height()), colour);
    }
};

} // namespace

Splitter::Splitter(Qt::Orientation orientation, QWidget* parent) : QSplitter(orientation, parent) {
    setHandleWidth(5);
    setChildrenCollapsible(false);
}

QSplitterHandle* Splitter::createHandle() {
    return new Hairline(orientation(), this);
}

} // namespace reverxy::ui
