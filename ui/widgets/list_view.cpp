// SPDX-License-Identifier: MIT
#include "ui/widgets/list_view.h"

#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/list_style.h"

#include <QEvent>
#include <QHeaderView>
#include <QMenu>

#include <algorithm>

namespace reverxy::ui {

namespace {
constexpr int leastCharacters = 26; // of the column that takes what room is left
} // namespace

ListView::ListView(QWidget* parent) : QTreeView(parent) {
    setUniformRowHeights(true);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setAllColumnsShowFocus(true);
    setFrameShape(NoFrame);
    setTextElideMode(Qt::ElideRight);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setItemDelegate(new CellDelegate(this));
    setFont(tabularFont(font()));
    auto* style = new ListStyle;
    style->setParent(this);
    setStyle(style);
    setHeader(new ListHeader(this));
    header()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header(), &QWidget::customContextMenuRequested, this, &ListView::showColumnMenu);
    connect(header(), &QHeaderView::sectionResized, this, [this](int section) {
        if (section != m_stretched)
            fitStretched();
    });
}

void ListView::setColumns(const std::vector<QString>& widest, int stretched) {
    m_stretched = stretched;
    const QFontMetrics metrics(font());
    for (size_t i = 0; i < widest.size(); ++i) {
        const int column = static_cast<int>(i);
        const int title = static_cast<ListHeader*>(header())->titleWidth(column);
        const int cell = metrics.horizontalAdvance(widest[i]) + 2 * ListStyle::margin + 8;
        header()->resizeSection(column, std::max(title, cell));
    }
    m_leastStretched = metrics.averageCharWidth() * leastCharacters;
    // QHeaderView's own stretching lets a section that finds no room be as wide as it last was.
    header()->setSectionResizeMode(stretched, QHeaderView::Fixed);
    fitStretched();
}

void ListView::fitStretched() {
    if (m_stretched < 0 || m_stretched >= header()->count())
        return;
    const int others = header()->length() - header()->sectionSize(m_stretched);
    header()->resizeSection(m_stretched, std::max(m_leastStretched, viewport()->width() - others));
}

QByteArray ListView::columnState() const {
    return header()->saveState();
}

void ListView::restoreColumns(const QByteArray& state) {
    const int columns = header()->count();
    if (state.isEmpty() || !header()->restoreState(state))
        return;
    // A stored header brings its own number of sections and modes with it.
    if (header()->count() == columns)
        header()->setSectionResizeMode(m_stretched, QHeaderView::Fixed);
    fitStretched();
}

void ListView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitStretched();
}

void ListView::changeEvent(QEvent* event) {
    QTreeView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

void ListView::showColumnMenu(const QPoint& position) {
    QMenu menu(this);
    for (int column = 1; column < header()->count(); ++column) {
        QAction* action = menu.addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu.exec(header()->mapToGlobal(position));
}

} // namespace reverxy::ui
